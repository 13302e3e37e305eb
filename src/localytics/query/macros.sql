{#- What the .sql files of reports may call, beside the relations `events`, `messages` and
    `response_times`. A row of these is one event or the sum of several, so nothing is counted by
    rows: figures are words. #}

{#- A relation with `bucket` (the start of its bucket in UTC) and `local` (the wall clock, to the
    slot). What is counted by links has its buckets already. #}
{%- macro timed(relation) -%}
{%- if linked %}{{ relation }}
{%- elif even -%}
(select r.*, time_bucket(to_seconds($slot_seconds), r.timestamp) as bucket from {{ relation }} r)
{%- else -%}
(
    select r.*, slots.bucket, slots.local
    from {{ relation }} r
    join {{ slots }} slots on slots.slot = time_bucket(to_seconds($slot_seconds), r.timestamp)
)
{%- endif %}
{%- endmacro %}

{%- macro count() -%} coalesce(sum(n), 0)::bigint {%- endmacro %}

{%- macro errors() -%} coalesce(sum(errors), 0)::bigint {%- endmacro %}

{%- macro uniq(column) -%}
{%- if linked -%} coalesce(sum(counted), 0)::bigint
{%- elif column in alone -%}
(count(distinct {{ column }}) + coalesce(sum({{ column }}_alone), 0)::bigint)
{%- else -%} count(distinct {{ column }}) {%- endif -%}
{%- endmacro %}

{%- macro share(part, whole) -%} (100.0 * {{ part }} / nullif({{ whole }}, 0)) {%- endmacro %}

{%- macro total(column) -%} coalesce(sum({{ column }}), 0) {%- endmacro %}

{#- Exact sums of decimals, over the events that carry the figure; the division alone is rounded. #}
{%- macro mean(column) -%}
(sum({{ column }})::double / nullif(sum({{ column }}_n), 0)::double)
{%- endmacro %}

{%- macro tokens() -%}
({{ total('input_tokens') }} + {{ total('output_tokens') }}
 + {{ total('cache_read_tokens') }} + {{ total('cache_write_tokens') }})
{%- endmacro %}

{#- Calls that are billed and have no known price. #}
{%- macro unpriced() -%} coalesce(sum(unpriced), 0)::bigint {%- endmacro %}

{#- Is anything billed in it? #}
{%- macro billed() -%} (cost_usd_n > 0 or unpriced > 0) {%- endmacro %}

{#- Where nothing was billed the cost is 0; where nothing that was billed has a price, unknown. #}
{%- macro cost() -%}
case when coalesce(sum(cost_usd_n), 0) = 0 and sum(unpriced) > 0 then null
     else {{ total('cost_usd') }} end
{%- endmacro %}

{#- When it began and when it was last heard of. #}
{%- macro first() -%} min(first_at) {%- endmacro %}

{%- macro last() -%} max(last_at) {%- endmacro %}

{#- Of a reading of a clock: 0 = Monday to 6 = Sunday, and 0 to 23. #}
{%- macro day_of_week(column) -%} (isodow({{ column }}) - 1) {%- endmacro %}

{%- macro hour_of_day(column) -%} hour({{ column }}) {%- endmacro %}

{#- Of the events that have a duration, the least and the most of them. #}
{%- macro shortest() -%} min(duration_min)::double {%- endmacro %}

{%- macro longest() -%} max(duration_max)::double {%- endmacro %}

{#- The value of the latest event that has one; of several at one instant the last by name. #}
{%- macro latest(column) -%}
arg_max({{ column }}, (last_at, {{ column }})) filter (where {{ column }} is not null)
{%- endmacro %}

{#- The different values that there are, in order. #}
{%- macro distinct_values(column) -%}
coalesce(list_sort(list_distinct(list({{ column }}))), [])
{%- endmacro %}

{#- Text as a number; null where it is none, as "nan" and "inf" are not. #}
{%- macro number(text) -%}
(case when isfinite(try_cast({{ text }} as double)) then try_cast({{ text }} as double) end)
{%- endmacro %}

{#- What the metadata of a raw event says by a name: as text, and as a number. #}
{%- macro json_text(name) -%} (metadata ->> '$.{{ name }}') {%- endmacro %}

{%- macro json_number(name) -%} {{ number("metadata ->> '$." ~ name ~ "'") }} {%- endmacro %}

{#- Of raw events the `column` by nearest rank: exact, where `nearest_rank` may have to go by bins.
    A decimal `q` is reckoned with exactly; of a list of them comes a list, put in order only once. #}
{%- macro quantile(column, q) -%}
quantile_disc({{ column }}, {{ q }})::double{% if q is sequence %}[]{% endif %}
{%- endmacro %}

{#- Is it one of the values of a bound list? #}
{%- macro one_of(column, values) -%}
list_contains(${{ values }}::varchar[], {{ column }})
{%- endmacro %}

{#- Nearest rank, by `column`: the smallest duration that a share q of all durations does not exceed.
    Where durations are counted in bins, a bin stands for the value in its middle, which is off by
    less than 1 % (rollup.measures). #}
{%- macro nearest_rank(column, q, relation) -%}
(
    select {{ column }}, min(duration_ms) filter (where rank >= {{ q }} * whole) as duration_ms
    from (
        select
            {{ column }},
            duration_ms,
            sum(weight) over (partition by {{ column }} order by duration_ms) as rank,
            sum(weight) over (partition by {{ column }}) as whole
        from (
            select {{ column }}, coalesce(exact::double, {{ middle }}) as duration_ms, weight
            from (
                select {{ column }}, exact, bin, sum(weight) as weight
                from {{ relation }}
                group by all
            )
        )
    )
    group by {{ column }}
)
{%- endmacro %}

{#- The days of UTC that `presence.days_of` tells of. #}
{%- macro days() -%}
(
    select
        unnest($days::timestamp[]) as day,
        unnest($cuts::timestamp[]) as cut,
        unnest($periods_before::bigint[]) as period_before,
        unnest($periods_after::bigint[]) as period_after
)
{%- endmacro %}

{#- The number of the period that a moment of a row of `presence`, joined to its day, lies in. #}
{%- macro period_of(moment) -%}
case when {{ moment }} < days.cut then days.period_before else days.period_after end
{%- endmacro %}

{#- Which people of `presence` were there in which period, each told once. #}
{%- macro attendance(presence) -%}
(
    select distinct user_id, period
    from (
        select
            user_id,
            unnest([{{ period_of('first_at') }}, {{ period_of('last_at') }}]) as period
        from {{ presence }}
        join {{ days() }} days using (day)
    )
    where period is not null
)
{%- endmacro %}
