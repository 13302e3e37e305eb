-- histogram: of all
select count(*) as count, sum(value) as sum, quantile_disc(value, 0.5) as p50,
    quantile_disc(value, 0.99) as p99
from events
where event_type = 'metric.recorded' and category = 'queue_ms' and timestamp >= $start and timestamp < $end

-- histogram.points[timestamp]: hour by hour
select
    date_trunc('hour', timestamp) as timestamp,
    count(*) as count,
    list_sort(list(value))[ceil(count(value) * 99 / 100)::bigint] as p99
from events
where event_type = 'metric.recorded' and category = 'queue_ms' and timestamp >= $start and timestamp < $end
group by all
