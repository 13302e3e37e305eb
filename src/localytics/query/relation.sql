{#- The rows that a section reads about a window, piece by piece (see Spell): of each source from its
    rollup the slots that lie in the window whole, and from the events what is left at the ends,
    what is past the watermark, and what the rollups are not to be relied on for. -#}

{#- Days of which a slot may have several rows of the same, or rows from elsewhere as well. -#}
{%- macro mixed_days() -%}
(
    select day from touched_days
    {%- if has_fresh %}
    union all
    select time_bucket(interval '1 day', timestamp) from events where seq > $watermark::bigint
    {%- endif %}
)
{%- endmacro -%}

{#- What there is once in a slot is counted by its rows, where days are merged. -#}
{%- macro of_slots(source, grain, slots) -%}
{%- set day = "time_bucket(interval '1 day', slot)" -%}
select timestamp
    {%- for column in source.columns if column != source.counted %}, {{ column }}{% endfor %},
    count(*) as {{ source.counted }}_alone
from ({{ of_rollup(source, grain, slots) }} and {{ day }} not in {{ mixed_days() }})
group by all
union all by name
{{ of_rollup(source, grain, slots) }} and {{ day }} in {{ mixed_days() }}
{%- endmacro -%}

{%- macro of_rollup(source, grain, slots) -%}
{%- set constant = "'" ~ source.rollup.event_type ~ "'" if source.rollup.event_type else none -%}
select slot as timestamp
    {%- if cut %}, slot < ${{ spells[source][1].bounds(grain)[0] }}::timestamp as is_earlier{% endif %}
    {%- for column in source.columns + source.measures %},
    {%- if column == 'event_type' and constant %} {{ constant }} as
    {%- elif column == 'last_at' and source.rollup.measures == 'moments' %} coalesce(last_at, first_at) as
    {%- endif %} {{ column }}
    {%- endfor %}
    {%- if source.bins %}, null::decimal(18, 6) as exact, bin, weight{% endif %}
from {{ source.rollup.tables[grain] }}
where {{ within('slot', slots) }}
{%- if has_stale %} and not {{ is_stale('slot') }}{% endif %}
{%- for condition in conditions %}
    {%- if source.counted and condition == source.counted ~ ' = $' ~ source.counted %}
    {#- What is only counted is a number here. #} and
    {{ source.counted }} = {{ numbered('$' ~ source.counted ~ '::varchar') }}
    {%- elif not constant or 'event_type' not in condition %} and {{ condition }}
    {%- elif condition.endswith('$event_type') %} and {{ constant }} = $event_type
    {%- endif %}
{%- endfor %}
{%- endmacro -%}

(
{%- for source in sources %}
{%- if not loop.first %} union all by name {% endif %}
{%- if source.rollup is none %}
{{ of_events(source, between('timestamp', start, end)) }}
{%- if has_archive %} union all by name
{{ of_archive(source, between('first_at', start, end)) }}
{%- endif %}
{%- else %}
{%- for grain, alike in pieces[source] | groupby('grain') %}
{%- if not loop.first %} union all by name {% endif %}
{%- if not grain %}
{{ of_ends(source, alike) }}
{%- elif source.alone and grain == source.grains[-1] %}
{{ of_slots(source, grain, alike) }}
{%- else %}
{{ of_rollup(source, grain, alike) }}
{%- endif %}
{%- endfor %}
{%- if source.alone and source.grains[-1] not in pieces[source] | map(attribute='grain') %}
union all by name
select null::bigint as {{ source.counted }}_alone where false
{%- endif %}
{{- beside(source, spells[source] | map(attribute='slots') | list) }}
{%- endif %}
{%- endfor %}
)
