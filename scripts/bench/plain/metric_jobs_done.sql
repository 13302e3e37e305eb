-- counter: what was done, by the steps of each counter
select sum(step) as sum
from (
    select
        timestamp,
        value - coalesce(lag(value) over counters, 0) as rise,
        case when rise < 0 then value else rise end as step
    from events
    where event_type = 'metric.recorded' and category = 'jobs_done' and timestamp < $end
    window counters as (
        partition by json_extract_string(metadata, '$.labels.host'), source, device_id
        order by timestamp, seq
    )
)
where timestamp >= $start
