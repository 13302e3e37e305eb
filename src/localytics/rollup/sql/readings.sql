{#- Readings of metrics among the events of `source` that meet `condition`, each with its labels and
    the number of its series. What their metadata says is read once for all that say the same:
    materialized, or every condition on it would be asked of each reading first. A counter below 0
    counts nothing, and what names no type that is known is read as it is, like a gauge. Of what a
    report can filter by only the `columns` are read, beside those that tell series apart. -#}
(
    with found as materialized (
        select
            seq, timestamp, category as metric, value, metadata, source, device_id
            {%- for column in columns %}, {{ column }}{% endfor %}
        from {{ source }}
        where event_type = 'metric.recorded' and value is not null and {{ condition }}
    ),
    told as materialized (
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
    )
    select found.* exclude (metadata), told.* exclude (metadata), {{ series }} as series
    from found
    join told on told.metadata is not distinct from found.metadata
    where not (metric_type = 'counter' and value < 0)
)
