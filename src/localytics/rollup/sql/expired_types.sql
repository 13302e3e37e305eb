-- Expired events by type.
select event_type, count(*) as events, min(timestamp) as oldest, max(timestamp) as newest
from events
where {{ expired }}
group by event_type
order by event_type
