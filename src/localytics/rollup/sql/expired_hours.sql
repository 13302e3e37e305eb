-- The hours in which there are expired events, in order.
select time_bucket(interval '1 hour', timestamp) as hour, count(*) as events
from events
where {{ expired }}
group by hour
order by hour
