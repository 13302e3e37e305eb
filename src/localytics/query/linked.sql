{#- What there was in a window, or in each of its buckets, once each: how many there are by the links
    of a rollup (see Rollup), and what is left of the events the values themselves, less those that
    the links count already. -#}

{%- set source = sources[0] -%}
{%- set slots_from, slots_to = spells[source][0].bounds(source.grains[0]) -%}
{%- set slots_from, slots_to = '$' ~ slots_from ~ '::timestamp', '$' ~ slots_to ~ '::timestamp' -%}
{#- Where there is nothing yet when a bucket begins, it may begin within a slot: that is all its. -#}
{%- set bucket = 'time_bucket(to_seconds($slot_seconds), slots.bucket)' -%}
{%- set since = 'greatest(' ~ bucket ~ ', ' ~ slots_from ~ ')' if timed else slots_from -%}
{%- set until = 'least(slots.bucket_end, ' ~ slots_to ~ ')' if timed else slots_to -%}
{%- set key = source.counted -%}
{%- set others = source.columns | reject('equalto', key) | list -%}
{#- What every row of the rollup meets, and what is left of the events has to. -#}
{%- set implied = "event_type = '" ~ source.rollup.event_type ~ "'" -%}
{%- set asked = conditions | reject('equalto', implied) | list -%}
{%- set conditions = conditions + [key ~ ' is not null'] -%}
{%- set table = source.rollup.tables[source.grains[0]] -%}
{%- set hour = 'to_seconds(' ~ source.grains[0] ~ ')' -%}
{#- What slots don't hold: the ends of the window, and what is past the watermark. -#}
{%- set ends = pieces[source] | rejectattr('grain') | list -%}

{%- macro in_slots(column) -%}
{%- if timed %} join {{ slots }} slots
    on slots.slot = time_bucket(to_seconds($slot_seconds), {{ column }})
{%- endif %}
{%- endmacro -%}

{%- macro in_window(column) -%}
{{ column }} >= {{ slots_from }} and {{ column }} < {{ slots_to }}
{%- endmacro -%}

{%- macro names(prefix) -%}
{%- for column in others %}, {{ prefix }}{{ column }}{% endfor %}
{%- endmacro -%}

{#- The rows of the rollup that what is left may have. Whatever stands in the slot that an end of the
    window cuts, and in the window too, is linked from one to the other; what is past the watermark
    is linked to nothing. #}
{%- macro counted() -%}
{%- if has_fresh -%}
select slot, {{ key }}{{ names('') }} from {{ table }} where {{ in_window('slot') }}
{%- else -%}
{%- for piece in ends %}
{%- set cut, link, back = (slots_from ~ ' - ' ~ hour, 'before', 'after') if piece.since == start
    else (slots_to, 'after', 'before') %}
{%- if not loop.first %} union all {% endif -%}
select slot, {{ key }}{{ names('') }} from {{ table }}
where {{ in_window('slot') }} and {{ link }} = {{ cut }}
union all
select {{ back }} as slot, {{ key }}{{ names('') }} from {{ table }}
where slot = {{ cut }} and {{ in_window(back) }}
{%- endfor %}
{%- endif %}
{%- endmacro -%}

(
select rows.counted{{ names('rows.') }}
    {%- if timed %}, slots.bucket{% endif %}
from (
    {#- Few slots and neighbours: added up before they are put into buckets. #}
    select sum(counted) as counted{{ names('') }}{% if timed %}, slot, before, after{% endif %}
    from {{ source.rollup.links }}
    where {{ in_window('slot') }}
        {%- if not timed %} and before < {{ since }} and after >= {{ until }}{% endif %}
        {%- for one in asked %} and {{ one }}{% endfor %}
    group by all
) rows {{- in_slots('rows.slot') }}
{%- if timed %}
where rows.before < {{ since }} and rows.after >= {{ until }}
{%- endif %}
{%- if ends or has_fresh %}
union all by name
select 1 as counted{{ names('') }}{% if timed %}, bucket{% endif %}
from (
    select distinct rows.{{ key }}{{ names('rows.') }}
        {%- if timed %}, slots.bucket, {{ since }} as since, {{ until }} as until{% endif %}
    from (
        {%- if ends %}
        {{ of_ends(source, ends) }}
        {%- endif %}
        {%- if has_fresh %}
        {%- if ends %} union all by name {% endif %}
        {{ fresh(source) }}
        {%- endif %}
    ) rows {{- in_slots('rows.timestamp') }}
) rest
anti join (
    {{ counted() }}
) counted
on counted.{{ key }} = rest.{{ key }}
    {%- for column in others %} and counted.{{ column }} is not distinct from rest.{{ column }}
    {%- endfor %}
    {%- if timed %} and counted.slot >= rest.since and counted.slot < rest.until{% endif %}
{%- endif %}
)
