-- totals: of all
select count(*) as total_errors, sum((status = 'open')::integer) as unresolved_count
from events
where event_type = 'error.reported' and timestamp >= $start and timestamp < $end

-- counts[category,severity]: by both
select category, severity, count(*) as count
from events
where event_type = 'error.reported' and timestamp >= $start and timestamp < $end
group by all

-- hourly[timestamp]: by hour
select date_trunc('hour', timestamp) as timestamp, count(*) as count
from events
where event_type = 'error.reported' and timestamp >= $start and timestamp < $end
group by all

-- top_messages[error_message]: by what was said
select error_message, count(*) as count, min(timestamp) as first_seen, max(timestamp) as last_seen
from events
where event_type = 'error.reported' and error_message is not null and timestamp >= $start and timestamp < $end
group by all
