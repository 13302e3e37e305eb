-- events[id]: the newest hundred
select id, event_type, timestamp, received_at, user_id, session_id, duration_ms, cost_usd, status
from events
where timestamp >= $start and timestamp < $end
order by timestamp desc, seq desc
limit 100
