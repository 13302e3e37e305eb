{#- Readings of the metric since an instant, up to the end of the window, in all their series. -#}
{%- macro readings_since(since) -%}
{{ readings("metric = $metric_name::varchar and timestamp >= $" ~ since ~ "::timestamp"
            " and timestamp < $end::timestamp", filtered=true) }}
{%- endmacro -%}

{%- macro labelled() -%}
case when $wanted::varchar[][] = [] then true
     else list_has_all(
         list_transform(labels, lambda one: [one.key, one.value]), $wanted::varchar[][]
     ) end
{%- endmacro -%}

{#- Is a reading of the type, and what the filters ask for? These choose which readings count; what a
    counter's reading added is known before, from all of its series. -#}
{%- macro wanted(type) -%}
metric_type = '{{ type }}' and {{ filtered }}
{%- endmacro -%}

{%- macro removed(type) -%}
(
    select *, 'metric.recorded' as event_type, first_at as timestamp
    from metric_archive
    where metric = $metric_name::varchar
        and first_at >= $start::timestamp and first_at < $end::timestamp
        and {{ labelled() }} and {{ wanted(type) }}
)
{%- endmacro -%}

{#- The readings of one type in the window, each as what several of them come to. -#}
{%- macro figures(type) -%}
(
    select
        timestamp, timestamp as last_at, seq as last_seq, value as last, 1::bigint as n,
        value as total, value as least, value as most, value
    from (select *, 'metric.recorded' as event_type from {{ readings_since('start') }})
    where {{ labelled() }} and {{ wanted(type) }}
    {%- if has_archive %}
    union all by name
    select timestamp, last_at, last_seq, last, n, total, least, most
    from {{ removed(type) }}
    {%- if type == 'histogram' %}
    union all by name
    select timestamp, 0::bigint as n, unnest(spread) as value from {{ removed(type) }}
    {%- endif %}
    {%- endif %}
)
{%- endmacro -%}

{%- macro standing() -%}
arg_max(last, (last_at, last_seq)) as last,
    min(least) as min,
    max(most) as max,
    (fsum(total) / sum(n))::double as avg
{%- endmacro -%}

{%- macro spread() -%}
coalesce(sum(n), 0)::bigint as count,
    coalesce(fsum(total), 0)::double as sum,
    {{ quantile('value', [0.50, 0.95, 0.99]) }} as percentiles
{%- endmacro -%}

{#- Where counters stood last before an instant, as it is known: a reading each. -#}
{%- macro known_ends() -%}
(
    select
        unnest($end_series::ubigint[]) as series,
        unnest($end_source::varchar[]) as source,
        unnest($end_device_id::varchar[]) as device_id,
        unnest($end_timestamp::timestamp[]) as timestamp,
        unnest($end_seq::bigint[]) as seq,
        unnest($end_value::double[]) as value
)
{%- endmacro -%}

{%- macro readings_and_ends() -%}
(
    select * exclude (labels), {{ labelled() }} as is_chosen
    from {{ readings_since('since') }}
    where metric_type = 'counter'
    union all by name
    select
        *, $metric_name::varchar as metric, 'counter' as metric_type, false as is_delta,
        false as is_chosen
    from {{ known_ends() }}
)
{%- endmacro -%}

{#- What readings of counters added, by those since an instant and where counters stood before it.
    What the first of a series added is not known by these, unless there are none before. -#}
{%- macro additions() -%}
(
    select
        timestamp, added, (added is null)::bigint as unknown,
        (is_first and not is_delta)::bigint as firsts
    from (
        select *, 'metric.recorded' as event_type
        from {{ increments(
            readings_and_ends(), 'metric = $metric_name::varchar' if has_archive else none
        ) }}
    )
    where timestamp >= $start::timestamp and is_chosen and {{ wanted('counter') }}
    {%- if has_archive %}
    union all by name
    select timestamp, added, unknown, 0::bigint as firsts from {{ removed('counter') }}
    {%- endif %}
)
{%- endmacro %}

-- kinds: the types that the metric has had since some event
select distinct metric_type
from {{ readings('metric = $metric_name::varchar and seq > $after') }}

-- removed_kinds: the types that it had before
select distinct metric_type from metric_archive where metric = $metric_name::varchar

-- ends: where its counters stood last before an instant, by what is known and events past a number
select
    series,
    source,
    device_id,
    max(timestamp)::varchar as timestamp,
    arg_max(seq, (timestamp, seq)) as seq,
    arg_max(value, (timestamp, seq)) as value
from (
    select * from {{ known_ends() }}
    union all by name
    select series, source, device_id, timestamp, seq, value
    from {{ readings("metric = $metric_name::varchar and seq > $after"
                     " and timestamp < $before::timestamp") }}
    where metric_type = 'counter' and not is_delta
)
group by series, source, device_id

-- counter: what was added in each bucket
select
    bucket as timestamp,
    fsum(coalesce(added, 0))::double as added,
    sum(unknown)::bigint as unknown,
    sum(firsts)::bigint as firsts
from {{ timed(additions()) }}
group by bucket

-- gauge: the readings of each bucket, and all of the window
select
    bucket as timestamp,
    {{ standing() }}
from {{ timed(figures('gauge')) }}
group by grouping sets ((), (bucket))

-- histogram: the values of each bucket, and all of the window
select
    timestamp, count, sum, percentiles[1] as p50, percentiles[2] as p95, percentiles[3] as p99
from (
    select
        bucket as timestamp,
        {{ spread() }}
    from {{ timed(figures('histogram')) }}
    group by grouping sets ((), (bucket))
)

-- sketched: whether some of these are known by their size alone
select exists(select 1 from {{ removed('histogram') }}) as sketched
