{#- Rows of events and of the archive, as a section reads them. -#}

{%- set rolled_up = 'seq <= $watermark::bigint and ' -%}

{%- macro between(column, since, until) -%}
{{ column }} >= ${{ since }}::timestamp and {{ column }} < ${{ until }}::timestamp
{%- endmacro -%}

{#- In one of some pieces: a table is named once for both ends of the window, as naming it costs. #}
{%- macro within(column, pieces) -%}
({% for one in pieces %}{{ ' or ' if not loop.first }}{{ between(column, one.since, one.until) }}{% endfor %})
{%- endmacro -%}

{%- macro is_stale(column) -%}
list_contains($stale::timestamp[], time_bucket(interval '1 day', {{ column }}))
{%- endmacro -%}

{#- The same of events, between the first and the last of these days: other row groups are skipped. #}
{%- macro on_stale_days() -%}
timestamp >= list_min($stale::timestamp[])
    and timestamp < list_max($stale::timestamp[]) + interval '1 day' and {{ is_stale('timestamp') }}
{%- endmacro -%}

{%- macro narrowed() -%}
{%- for condition in conditions %} and {{ condition }}{% endfor %}
{%- endmacro -%}

{%- macro columns_of(source) -%}
{%- for column in source.columns %},
{%- if column == source.counted and (source.numbers or source.rollup) %} {{ numbered(column) }} as
{%- endif %} {{ column }}
{%- endfor %}
{%- endmacro -%}

{#- In which of two windows. #}
{%- macro is_earlier(column) -%}
{%- if cut %}, {{ column }} < ${{ cut }}::timestamp as is_earlier{% endif %}
{%- endmacro -%}

{%- macro of_events(source, condition) -%}
select timestamp {{- is_earlier('timestamp') ~ columns_of(source) }}
    {%- for name in source.measures %}, {{ of_event(name) }}{% endfor %}
    {%- if source.bins %}, duration_ms as exact, null::smallint as bin, 1::bigint as weight{% endif %}
from events
where {{ condition }} {{- narrowed() }}
{%- if source.bins %} and duration_ms is not null{% endif %}
{%- endmacro -%}

{#- A row of the archive counts at its first moment. #}
{%- macro of_archive(source, condition) -%}
select first_at as timestamp {{- is_earlier('first_at') ~ columns_of(source) }}
    {%- for name in source.measures %}, {{ name }}{% endfor %}
    {%- if source.bins %}, null::decimal(18, 6) as exact, unnest(bins) as bin, 1::bigint as weight
    {%- endif %}
from archive
where {{ condition }} {{- narrowed() }}
{%- endmacro -%}

{#- What no slot holds at the ends of the window. #}
{%- macro of_ends(source, ends) -%}
{{ of_events(source, rolled_up ~ within('timestamp', ends)) }}
{%- if has_archive %} union all by name
{{ of_archive(source, within('first_at', ends)) }}
{%- endif %}
{%- endmacro -%}

{#- What is past the watermark. #}
{%- macro fresh(source) -%}
{{ of_events(source, 'seq > $watermark::bigint and ' ~ between('timestamp', start, end)) }}
{%- endmacro -%}

{#- What is in no rollup, or where `slots` are read, in none to be relied on. #}
{%- macro beside(source, slots) -%}
{%- if has_fresh %} union all by name
{{ fresh(source) }}
{%- endif %}
{%- if has_stale %} union all by name
{{ of_events(source, rolled_up ~ on_stale_days() ~ ' and ' ~ within('timestamp', slots)) }}
{%- if has_archive %} union all by name
{{ of_archive(source, is_stale('first_at') ~ ' and ' ~ within('first_at', slots)) }}
{%- endif %}
{%- endif %}
{%- endmacro -%}
