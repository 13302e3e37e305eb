{#- The readings of the metric since an instant and of one type, with the labels that were asked for.
    What names no type that is known is read as it is, like a gauge. #}
{%- macro metric_type() -%}
case when {{ json_text('metric_type') }} in ('counter', 'histogram')
     then {{ json_text('metric_type') }} else 'gauge' end
{%- endmacro -%}

{%- macro readings(since, type) -%}
(
    select *, list_sort(map_entries(labels)) as label_list
    from (
        select
            *,
            coalesce(
                try_cast(metadata -> '$.labels' as map(varchar, varchar)),
                map {}::map(varchar, varchar)
            ) as labels
        from {{ raw(since, 'end', event_type='metric.recorded') }}
        where category = $metric_name::varchar
            and value is not null
            and {{ metric_type() }} = '{{ type }}'
    )
    where list_has_all(
        list_transform(map_entries(labels), lambda one: [one.key, one.value]),
        $wanted::varchar[][]
    )
)
{%- endmacro -%}

{#- The readings of counters up to the end of the window, each with what it added. #}
{%- macro increments() -%}
(
    select
        *,
        case when is_delta then value
             when before is null and exists(
                 select 1 from archive where event_type = 'metric.recorded'
             ) then null  -- nobody knows what came before
             when before is null or value < before then value
             else value - before
        end as added
    from (
        select
            *,
            {{ json_text('temporality') }} is not distinct from 'delta' as is_delta,
            lag(value) over (
                partition by label_list, source, device_id, is_delta
                order by timestamp, seq
            ) as before
        from {{ readings('ever', 'counter') }}
    )
)
{%- endmacro %}

-- kinds: the types that the metric has ever had
select distinct {{ metric_type() }} as metric_type
from events
where event_type = 'metric.recorded' and category = $metric_name::varchar

-- counter: what was added in each bucket
select
    bucket as timestamp,
    fsum(coalesce(added, 0))::double as added,
    count(*) filter (added is null) as unknown
from {{ timed(increments()) }}
where timestamp >= $start::timestamp
group by bucket

-- gauge: all readings of the window
select
    arg_max(value, (timestamp, seq)) as last,
    min(value) as min,
    max(value) as max,
    favg(value) as avg
from {{ readings('start', 'gauge') }}

-- gauge_points: the readings of each bucket
select
    bucket as timestamp,
    arg_max(value, (timestamp, seq)) as last,
    min(value) as min,
    max(value) as max,
    favg(value) as avg
from {{ timed(readings('start', 'gauge')) }}
group by bucket

-- histogram: all values of the window
select
    count(*) as count,
    coalesce(fsum(value), 0)::double as sum,
    {{ quantile('value', 0.50) }} as p50,
    {{ quantile('value', 0.95) }} as p95,
    {{ quantile('value', 0.99) }} as p99
from {{ readings('start', 'histogram') }}

-- histogram_points: the values of each bucket
select
    bucket as timestamp,
    count(*) as count,
    fsum(value)::double as sum,
    {{ quantile('value', 0.50) }} as p50,
    {{ quantile('value', 0.95) }} as p95,
    {{ quantile('value', 0.99) }} as p99
from {{ timed(readings('start', 'histogram')) }}
group by bucket
