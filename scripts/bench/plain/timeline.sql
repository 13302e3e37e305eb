-- timeline[timestamp]: day by day
select
    date_trunc('day', timestamp) as timestamp,
    count(*) as count,
    count(*) filter (is_error) as error_count,
    count(distinct user_id) as unique_users
from events
where timestamp >= $start and timestamp < $end
group by all
order by 1
