-- agents[name]: the answers of each
select
    coalesce(agent, 'unknown') as name,
    count(*) as usage_count,
    sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens) as total_tokens,
    avg(duration_ms) as avg_response_time_ms,
    count(*) filter (is_error) as error_count,
    100.0::double * count(*) filter (is_error) / count(*) as error_rate
from events
where event_type = 'message.sent' and role = 'assistant'
    and timestamp >= $start and timestamp < $end
group by name
order by usage_count desc
