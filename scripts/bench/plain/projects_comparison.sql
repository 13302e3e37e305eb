-- projects[project_id]: side by side
select
    project_id,
    count(*) as messages,
    count(distinct session_id) as sessions,
    sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens) as tokens,
    sum(cost_usd) as cost,
    avg(duration_ms) as avg_response_time_ms,
    quantile_disc(duration_ms, 0.95) as p95_response_time_ms,
    100.0::double * count(*) filter (is_error) / count(*) as error_rate
from events
where event_type = 'message.sent' and project_id in ($one, $other)
    and timestamp >= $start and timestamp < $end
group by project_id

-- projects[project_id].daily_series[timestamp]: side by side, day by day
select
    project_id,
    date_trunc('day', timestamp) as timestamp,
    count(*) as messages,
    sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens) as tokens,
    sum(cost_usd) as cost
from events
where event_type = 'message.sent' and project_id in ($one, $other)
    and timestamp >= $start and timestamp < $end
group by all
order by all
