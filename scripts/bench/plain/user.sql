-- totals: of one person
select
    count(*) as total_events,
    min(timestamp) as first_activity,
    max(timestamp) as last_activity,
    count(*) filter (is_error) as total_errors,
    avg(duration_ms) as avg_response_time_ms
from events
where user_id = $user and timestamp >= $start and timestamp < $end

-- event_counts[event_type]: by type
select event_type, count(*) as value
from events
where user_id = $user and timestamp >= $start and timestamp < $end
group by event_type
