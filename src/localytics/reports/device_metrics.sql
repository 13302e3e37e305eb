-- points: each number of each reading
select metric.key as metric, timestamp, {{ number('metric.value') }} as value
from (
    select
        seq,
        timestamp,
        unnest(map_entries(try_cast(metadata -> '$.metrics' as map(varchar, json)))) as metric
    from {{ raw(event_type='device.metrics') }}
)
where value is not null and ($metric::varchar is null or metric.key = $metric::varchar)
order by metric.key, timestamp, seq

-- known: whether any event ever named this device
select exists(select 1 from events where device_id = $device_id)
    or exists(select 1 from archive where device_id = $device_id) as known
