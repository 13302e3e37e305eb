-- aggregations[event_type,period_start]: day by day and by type
select
    event_type,
    date_trunc('day', timestamp) as period_start,
    count(*) as count,
    avg(duration_ms) as avg_duration_ms,
    min(duration_ms) as min_duration_ms,
    max(duration_ms) as max_duration_ms,
    count(*) filter (is_error) as error_count,
    100.0::double * count(*) filter (not is_error) / count(*) as success_rate
from events
where timestamp >= $start and timestamp < $end
group by all
order by all
