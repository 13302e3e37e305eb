{#- The rows that a section reads about a window. Of each source: from its rollup the slots that lie
    in the window whole, the coarser the better, and what is left over from `edges` (edges.sql). -#}

{%- macro between(column, since, until) -%}
{{ column }} >= ${{ since }}::timestamp and {{ column }} < ${{ until }}::timestamp
{%- endmacro -%}

{%- macro narrowed() -%}
{%- for condition in conditions %} and {{ condition }}{% endfor %}
{%- endmacro -%}

{%- macro named(source) -%}
{%- for column in source.columns + source.measures %}, {{ column }}{% endfor %}
{%- endmacro -%}

{%- macro numbering(source) -%}
{%- for column in source.columns + source.measures %},
{%- if column == source.counted %} {{ numbered(column) }} as{% endif %} {{ column }}
{%- endfor %}
{%- endmacro -%}

{%- macro from_events(source) -%}
select timestamp {{ numbering(source) if source.numbers else named(source) }}
    {%- if source.bins %}, duration_ms as exact, null::smallint as bin, 1::bigint as weight{% endif %}
from (
    select timestamp, {{ dimensions | join(', ') }}
        {%- for name in source.measures %}, {{ of_event(name) }}{% endfor %}
        {%- if source.bins %}, duration_ms{% endif %}
    from events
)
where {{ between('timestamp', start, end) }} {{ narrowed() }}
{%- if source.bins %} and duration_ms is not null{% endif %}
{%- endmacro -%}

{%- macro from_archive(source) -%}
select first_at as timestamp {{ numbering(source) if source.numbers else named(source) }}
    {%- if source.bins %}, null::decimal(18, 6) as exact, unnest(bins) as bin, 1::bigint as weight
    {%- endif %}
from archive
where {{ between('first_at', start, end) }} {{ narrowed() }}
{%- endmacro -%}

{%- macro from_rollup(source) -%}
{%- set inner = start ~ '_' ~ end ~ '_' ~ source.grains[0] -%}
{%- set outer = start ~ '_' ~ end ~ '_' ~ source.grains[-1] -%}
select slot as timestamp {{ named(source) }}
    {%- if source.bins %}, null::decimal(18, 6) as exact, bin, weight{% endif %}
from (
    select *{% if source.rollup.event_type %}, '{{ source.rollup.event_type }}' as event_type{% endif %}
    from {{ source.rollup.table }}
)
where {{ between('slot', inner ~ '_up', inner ~ '_down') }}
{%- if inner == outer %} and grain = {{ source.grains[0] }}
{%- else %}
    and case when {{ between('slot', outer ~ '_up', outer ~ '_down') }}
             then grain = {{ source.grains[-1] }} else grain = {{ source.grains[0] }} end
{%- endif %}
{%- if has_stale %}
    and not list_contains($stale::timestamp[], time_bucket(interval '1 day', slot))
{%- endif %}
{%- for condition in conditions %} and
    {#- What is only counted is a number here. #}
    {%- if source.counted and condition == source.counted ~ ' = $' ~ source.counted %}
    {{ source.counted }} = {{ numbered('$' ~ source.counted ~ '::varchar') }}
    {%- else %} {{ condition }}{% endif %}
{%- endfor %}
{%- endmacro -%}

{%- macro from_edges(source) -%}
{%- set inner = start ~ '_' ~ end ~ '_' ~ source.grains[0] -%}
select timestamp {{ numbering(source) }}
    {%- if source.bins %}, null::decimal(18, 6) as exact, unnest(bins) as bin, 1::bigint as weight
    {%- endif %}
from edges
where span = ${{ start }}_{{ end }}_span and (loose or not ({{ between('timestamp', inner ~ '_up', inner ~ '_down') }}))
{{- narrowed() }}
{%- endmacro -%}

(
{%- for source in sources %}
{%- if not loop.first %} union all by name {% endif %}
{%- if source.rollup is none %}
{{ from_events(source) }}
{%- if has_archive %} union all by name {{ from_archive(source) }}{% endif %}
{%- else %}
{{ from_rollup(source) }}
{%- if has_edges %} union all by name {{ from_edges(source) }}{% endif %}
{%- endif %}
{%- endfor %}
)
