-- agents[name]: the answers of each, and the calls that had none
select
    coalesce(agent, 'unknown') as name,
    count(*) filter (event_type = 'message.sent') as usage_count,
    coalesce(sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens), 0) as total_tokens,
    avg(duration_ms) filter (event_type = 'message.sent') as avg_response_time_ms,
    count(*) filter (is_error) as error_count,
    100.0::double * count(*) filter (is_error) / count(*) as error_rate
from events
where event_type in ('message.sent', 'message.failed') and role = 'assistant'
    and timestamp >= $start and timestamp < $end
group by name
order by usage_count desc
