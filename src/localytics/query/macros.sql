{#- What the .sql files of reports may call. Relations first: they hide where figures come from. #}

{%- macro events(start="start", end="end") -%}
(
    select * from events
    where timestamp >= ${{ start }}::timestamp and timestamp < ${{ end }}::timestamp
    {% for column in filters %} and {{ column }} = ${{ column }}{% endfor %}
)
{%- endmacro %}

{%- macro messages(start="start", end="end") -%}
(select * from {{ events(start, end) }} where event_type = 'message.sent')
{%- endmacro %}

{#- A relation with `bucket` (the start of its bucket in UTC) and `local` (the wall clock, to the
    slot). Reading a clock in a time zone for every row is slow, so it is read once for each slot,
    15 minutes or less that no bucket divides; slots are laid out stretch by stretch, a stretch
    being time of one bucket and one offset from UTC. #}
{%- macro timed(relation) -%}
(
    select r.*, slots.bucket, slots.local
    from {{ relation }} r
    join (
        select slot, bucket, slot + to_seconds(seconds) as local
        from (
            select unnest(range(since, until, to_seconds($slot_seconds))) as slot, bucket, seconds
            from (
                select unnest($stretch_starts::timestamp[]) as since,
                       unnest($stretch_ends::timestamp[]) as until,
                       unnest($stretch_buckets::timestamp[]) as bucket,
                       unnest($stretch_offsets::bigint[]) as seconds
            )
        )
    ) slots on slots.slot = time_bucket(to_seconds($slot_seconds), r.timestamp)
)
{%- endmacro %}

{#- Words that engines spell differently, or that mean something particular here. #}

{%- macro count_if(condition) -%} count(*) filter (where {{ condition }}) {%- endmacro %}

{%- macro uniq(column) -%} count(distinct {{ column }}) {%- endmacro %}

{#- Nearest rank: the smallest value that a share q of all values does not exceed. #}
{%- macro quantile(column, q) -%} quantile_disc({{ column }}, {{ q }})::double {%- endmacro %}

{%- macro share(part, whole) -%} (100.0 * {{ part }} / nullif({{ whole }}, 0)) {%- endmacro %}

{#- Exact sums of decimals; the division alone is rounded. #}
{%- macro mean(column) -%} (sum({{ column }})::double / nullif(count({{ column }}), 0)) {%- endmacro %}

{%- macro tokens() -%}
(coalesce(input_tokens, 0)::hugeint + coalesce(output_tokens, 0)
 + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0))
{%- endmacro %}

{#- A call that is billed and has no known price. #}
{%- macro unpriced() -%}
(cost_usd is null and coalesce(
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens
) is not null)
{%- endmacro %}

{#- Where nothing was billed the cost is 0; where nothing that was billed has a price, unknown. #}
{%- macro cost() -%}
case when count(cost_usd) = 0 and {{ count_if(unpriced()) }} > 0 then null
     else coalesce(sum(cost_usd), 0) end
{%- endmacro %}

{#- Of a reading of a clock: 0 = Monday to 6 = Sunday, and 0 to 23. #}
{%- macro day_of_week(column) -%} (isodow({{ column }}) - 1) {%- endmacro %}

{%- macro hour_of_day(column) -%} hour({{ column }}) {%- endmacro %}

{#- The value of the latest event that has one; of several at one instant the last by name. #}
{%- macro latest(column) -%}
arg_max({{ column }}, (timestamp, {{ column }})) filter (where {{ column }} is not null)
{%- endmacro %}

{#- The different values that there are, in order. #}
{%- macro distinct_values(column) -%}
coalesce(list_sort(list(distinct {{ column }}) filter (where {{ column }} is not null)), [])
{%- endmacro %}

{#- Is it one of the values of a bound list? #}
{%- macro one_of(column, values) -%}
list_contains(${{ values }}::varchar[], {{ column }})
{%- endmacro %}
