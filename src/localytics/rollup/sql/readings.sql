{#- Readings of metrics that meet `condition`, each with its series. What their metadata says is read
    once for all that say the same. A counter below 0 counts nothing, and what names no type that is
    known is read as it is, like a gauge. -#}
(
    with found as materialized (
        select
            seq, timestamp, category as metric, value, metadata, source, project_id, user_id,
            session_id, conversation_id, device_id, model, agent
        from events
        where event_type = 'metric.recorded' and value is not null and {{ condition }}
    )
    select found.* exclude (metadata), told.* exclude (metadata)
    from found
    join (
        select
            metadata,
            case when metadata ->> '$.metric_type' in ('counter', 'histogram')
                 then metadata ->> '$.metric_type' else 'gauge' end as metric_type,
            (metadata ->> '$.temporality') is not distinct from 'delta'
                and metric_type = 'counter' as is_delta,
            coalesce(list_sort(list_filter(
                map_entries(try_cast(metadata -> '$.labels' as map(varchar, varchar))),
                lambda one: one.value is not null
            )), []) as labels
        from (select distinct metadata from found)
    ) told on told.metadata is not distinct from found.metadata
    where not (metric_type = 'counter' and value < 0)
)
