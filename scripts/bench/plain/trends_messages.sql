-- data_points[timestamp]: messages of each day
select date_trunc('day', timestamp) as timestamp, count(*) as value
from events
where event_type = 'message.sent' and timestamp >= $start and timestamp < $end
group by all
order by 1
