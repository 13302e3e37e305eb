-- projects[project_id]: the busiest first
select
    project_id,
    count(*) as messages,
    count(distinct session_id) as sessions,
    sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens) as tokens,
    sum(cost_usd) as cost,
    max(timestamp) as last_activity
from events
where event_type = 'message.sent' and project_id is not null
    and timestamp >= $start and timestamp < $end
group by project_id
order by messages desc
