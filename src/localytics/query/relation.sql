{#- The rows that a section reads about a window. Of each source: from its rollup the slots that lie
    in the window whole, the coarser the better, and the rest from events and archive: the edges
    that the window cuts off, what is past the watermark, and days whose rollups are stale. -#}

{%- macro having(extra) -%}
where {{ extra }}
{%- for condition in conditions %} and {{ condition }}{% endfor %}
{%- endmacro -%}

{%- macro between(column, since, until) -%}
{{ column }} >= ${{ since }}::timestamp and {{ column }} < ${{ until }}::timestamp
{%- endmacro -%}

{%- macro stale(column) -%}
list_contains($stale::timestamp[], time_bucket(interval '1 day', {{ column }}))
{%- endmacro -%}

{%- macro from_events(source, extra) -%}
select timestamp, {{ source.columns | join(', ') }}
    {%- if source.kind == 'bins' %}, {{ 'bin' if source.rollup else 'null::smallint as bin' }},
    {{ 'null' if source.rollup else 'duration_ms' }}::decimal(18, 6) as exact, 1::bigint as weight
    {%- endif %}
from ({{ binned if source.kind == 'bins' and source.rollup else single }} where {{ extra }}) e
{{ having('duration_ms is not null' if source.kind == 'bins' else 'true') }}
{%- endmacro -%}

{%- macro from_archive(source, extra) -%}
select slot as timestamp, {{ source.columns | join(', ') }}
    {%- if source.kind == 'bins' %}, unnest(bins) as bin, null::decimal(18, 6) as exact,
    1::bigint as weight{% endif %}
from archive
{{ having(extra) }}
{%- endmacro -%}

{%- macro from_rollup(source, grain, extra) -%}
select slot as timestamp, {{ source.columns | join(', ') }}
    {%- if source.kind == 'bins' %}, bin, null::decimal(18, 6) as exact, weight{% endif %}
from (
    select *{% if source.rollup.event_type %}, '{{ source.rollup.event_type }}' as event_type{% endif %}
    from {{ source.rollup.table(grain) }}
)
{{ having(extra) }}{% if has_stale %} and not {{ stale('slot') }}{% endif %}
{%- endmacro -%}

(
{%- for source in sources %}
{%- if not loop.first %} union all by name {% endif %}
{%- if source.rollup is none %}
{{ from_events(source, between('timestamp', start, end)) }}
{%- if has_archive %} union all by name {{ from_archive(source, between('slot', start, end)) }}{% endif %}
{%- else %}
{%- set finest = source.grains[0] %}
{%- set inner = start ~ '_' ~ end ~ '_' ~ finest %}
{%- for grain in source.grains %}
{%- set whole = start ~ '_' ~ end ~ '_' ~ grain %}
{%- set lying = between('slot', whole ~ '_up', whole ~ '_down') %}
{%- if loop.nextitem is defined %}
{%- set coarser = start ~ '_' ~ end ~ '_' ~ loop.nextitem %}
{{ from_rollup(source, grain, lying ~ ' and not (' ~ between('slot', coarser ~ '_up', coarser ~ '_down') ~ ')') }}
{%- else %}
{{ from_rollup(source, grain, lying) }}
{%- endif %}
union all by name
{%- endfor %}
{{ from_events(source, 'seq <= $watermark::bigint and ' ~ between('timestamp', start, inner ~ '_left')) }}
union all by name
{{ from_events(source, 'seq <= $watermark::bigint and ' ~ between('timestamp', inner ~ '_right', end)) }}
union all by name
{{ from_events(source, 'seq > $watermark::bigint and ' ~ between('timestamp', start, end)) }}
{%- if has_archive %}
union all by name
{{ from_archive(source, between('slot', start, inner ~ '_left')) }}
union all by name
{{ from_archive(source, between('slot', inner ~ '_right', end)) }}
{%- endif %}
{%- if has_stale %}
union all by name
{{ from_events(source, 'seq <= $watermark::bigint and ' ~ stale('timestamp') ~ ' and ' ~ between('timestamp', inner ~ '_left', inner ~ '_right')) }}
{%- if has_archive %}
union all by name
{{ from_archive(source, stale('slot') ~ ' and ' ~ between('slot', inner ~ '_left', inner ~ '_right')) }}
{%- endif %}
{%- endif %}
{%- endif %}
{%- endfor %}
)
