-- totals: of the window
select
    count(*) as total_messages,
    sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens) as total_tokens,
    count(distinct session_id) as total_sessions,
    avg(duration_ms) as avg_response_time_ms
from events
where event_type = 'message.sent' and timestamp >= $start and timestamp < $end

-- daily_usage[date]: day by day
select
    timestamp::date::varchar as date,
    count(*) as messages,
    sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens) as tokens,
    count(distinct session_id) as sessions
from events
where event_type = 'message.sent' and timestamp >= $start and timestamp < $end
group by all
order by 1
