-- cells[day_of_week,hour]: messages of each hour of the week
select
    isodow(timestamp) - 1 as day_of_week,
    hour(timestamp) as hour,
    count(*) as count,
    avg(cost_usd) as avg_cost,
    avg(duration_ms) as avg_response_time
from events
where event_type = 'message.sent' and timestamp >= $start and timestamp < $end
group by all
