{#- What there was in a window, or in each of its buckets, once each: how many there are
    by the links of a rollup (see Rollup), and from `edges` the values themselves,
    less those that the links count already. -#}

{%- set slots_from = '$' ~ start ~ '_' ~ end ~ '_' ~ source.grains[0] ~ '_up::timestamp' -%}
{%- set slots_to = '$' ~ start ~ '_' ~ end ~ '_' ~ source.grains[0] ~ '_down::timestamp' -%}
{%- set since = 'greatest(slots.bucket, ' ~ slots_from ~ ')' if timed else slots_from -%}
{%- set until = 'least(slots.bucket_end, ' ~ slots_to ~ ')' if timed else slots_to -%}
{%- set key = source.counted -%}
{%- set others = source.columns | reject('equalto', key) | list -%}
{#- What every row of the rollup meets. -#}
{%- set implied = "event_type = '" ~ source.rollup.event_type ~ "'" -%}

{%- macro in_slots(column) -%}
{%- if timed %} join {{ slots }} slots
    on slots.slot = time_bucket(to_seconds($slot_seconds), {{ column }})
{%- endif %}
{%- endmacro -%}

{%- macro names(prefix) -%}
{%- for column in others %}, {{ prefix }}{{ column }}{% endfor %}
{%- endmacro -%}

(
select null::uhugeint as {{ key }}{{ names('rows.') }}, rows.counted
    {%- if timed %}, slots.bucket{% endif %}
from (
    {#- Few slots and neighbours for many rows: added up before they are put into buckets. #}
    select count(*) as counted{{ names('') }}{% if timed %}, slot, before, after{% endif %}
    from {{ source.rollup.table }}
    where slot >= {{ slots_from }} and slot < {{ slots_to }}
        {%- if not timed %} and before < {{ since }} and after >= {{ until }}{% endif %}
        {%- for one in conditions if one != implied %} and {{ one }}{% endfor %}
    group by all
) rows {{- in_slots('rows.slot') }}
{%- if timed %}
where rows.before < {{ since }} and rows.after >= {{ until }}
{%- endif %}
{%- if has_edges %}
union all by name
select {{ key }}{{ names('') }}{% if timed %}, bucket{% endif %}
from (
    select distinct {{ numbered('rows.' ~ key) }} as {{ key }}{{ names('rows.') }}
        {%- if timed %}, slots.bucket, {{ since }} as since, {{ until }} as until{% endif %}
    from (
        select * from edges
        where span = ${{ start }}_{{ end }}_span and {{ key }} is not null
            and (loose or not (timestamp >= {{ slots_from }} and timestamp < {{ slots_to }}))
            {%- for one in conditions %} and {{ one }}{% endfor %}
    ) rows {{- in_slots('rows.timestamp') }}
) rest
anti join (
    select slot, {{ key }}{{ names('') }} from {{ source.rollup.table }}
    where slot >= {{ slots_from }} and slot < {{ slots_to }}
) counted
on counted.{{ key }} = rest.{{ key }}
    {%- for column in others %} and counted.{{ column }} is not distinct from rest.{{ column }}
    {%- endfor %}
    {%- if timed %} and counted.slot >= rest.since and counted.slot < rest.until{% endif %}
{%- endif %}
)
