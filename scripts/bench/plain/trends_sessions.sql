-- data_points[timestamp]: sessions of each day
select date_trunc('day', timestamp) as timestamp, count(distinct session_id) as value
from events
where event_type = 'message.sent' and timestamp >= $start and timestamp < $end
group by all
order by 1
