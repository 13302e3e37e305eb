{#- Readings of the metric since an instant, up to the end of the window, in all their series. -#}
{%- macro raw_readings(since) -%}
{{ readings("category = $metric_name::varchar and timestamp >= $" ~ since ~ "::timestamp"
            " and timestamp < $end::timestamp", chosen=labelled()) }}
{%- endmacro -%}

{%- macro labelled() -%}
list_has_all(
    list_transform(labels, lambda one: [one.key, one.value]), $wanted::varchar[][]
)
{%- endmacro -%}

{#- Is a reading of the type, and what the filters ask for? These choose which readings count; what a
    counter's reading added is known before, from all of its series. -#}
{%- macro wanted(type) -%}
metric_type = '{{ type }}' and {{ filtered }}
{%- endmacro -%}

{%- macro removed(type) -%}
(
    select *, 'metric.recorded' as event_type, first_at as timestamp, true as is_removed
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
        value as total, value as least, value as most, value, false as is_removed
    from (select *, 'metric.recorded' as event_type from {{ raw_readings('start') }})
    where is_chosen and {{ wanted(type) }}
    union all by name
    select timestamp, last_at, last_seq, last, n, total, least, most, is_removed
    from {{ removed(type) }}
    {%- if type == 'histogram' %}
    union all by name
    select timestamp, 0::bigint as n, unnest(spread) as value from {{ removed(type) }}
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
    {{ quantile('value', 0.50) }} as p50,
    {{ quantile('value', 0.95) }} as p95,
    {{ quantile('value', 0.99) }} as p99
{%- endmacro -%}

{#- What readings of counters added. -#}
{%- macro additions() -%}
(
    select timestamp, added, (added is null)::bigint as unknown
    from (
        select *, 'metric.recorded' as event_type
        from {{ increments(readings=raw_readings('ever'), ends='metric = $metric_name::varchar') }}
    )
    where timestamp >= $start::timestamp and is_chosen and {{ wanted('counter') }}
    union all by name
    select timestamp, added, unknown from {{ removed('counter') }}
)
{%- endmacro %}

-- kinds: the types that the metric has ever had
select distinct metric_type from {{ readings('category = $metric_name::varchar') }}
union
select metric_type from metric_archive where metric = $metric_name::varchar

-- counter: what was added in each bucket
select
    bucket as timestamp,
    fsum(coalesce(added, 0))::double as added,
    sum(unknown)::bigint as unknown
from {{ timed(additions()) }}
group by bucket

-- gauge: all readings of the window
select {{ standing() }}
from {{ figures('gauge') }}

-- gauge_points: the readings of each bucket
select
    bucket as timestamp,
    {{ standing() }}
from {{ timed(figures('gauge')) }}
group by bucket

-- histogram: all values of the window, and whether some are known by their size alone
select
    {{ spread() }},
    coalesce(bool_or(is_removed), false) as is_sketched
from {{ figures('histogram') }}

-- histogram_points: the values of each bucket
select
    bucket as timestamp,
    {{ spread() }}
from {{ timed(figures('histogram')) }}
group by bucket
