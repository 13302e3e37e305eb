{#- What of a window no rollup holds, or none whole, row by row: events past the watermark, those of
    the hours that the window cuts, and those of stale days; from the archive where they are gone (a
    row of it counts at its first moment).
    `loose` rows are in no rollup at all; the others only where a slot is not in the window whole. -#}

{%- macro of_events(loose) -%}
select $span::integer as span, {{ loose }} as loose, timestamp
    {%- for column in columns %}, {{ column }}{% endfor %}
    {%- for name in measures %}, {{ of_event(name) }}{% endfor %}
    {%- if bins %}, case when duration_ms is not null then [{{ bin }}] end as bins{% endif %}
from events
{%- endmacro -%}

{%- macro of_archive(loose) -%}
select $span::integer as span, {{ loose }} as loose, first_at as timestamp
    {%- for column in columns + measures %}, {{ column }}{% endfor %}
    {%- if bins %}, bins{% endif %}
from archive
{%- endmacro -%}

{%- macro between(column, since, until) -%}
{{ column }} >= ${{ since }}::timestamp and {{ column }} < ${{ until }}::timestamp
{%- endmacro -%}

{%- macro stale(column) -%}
{%- if has_stale -%}
list_contains($stale::timestamp[], time_bucket(interval '1 day', {{ column }}))
{%- else %}false{% endif -%}
{%- endmacro -%}

{{ 'create or replace temp table edges as' if first else 'insert into edges by name' }}
{{ of_events('true') }} where seq > $watermark::bigint and {{ between('timestamp', 'start', 'end') }}
{%- for side in sides %}
union all by name
{{ of_events(stale('timestamp')) }}
where seq <= $watermark::bigint and {{ between('timestamp', side ~ '_since', side ~ '_until') }}
{%- if has_archive %}
union all by name
{{ of_archive(stale('first_at')) }} where {{ between('first_at', side ~ '_since', side ~ '_until') }}
{%- endif %}
{%- endfor %}
{%- if has_stale %}
union all by name
{{ of_events('true') }}
where seq <= $watermark::bigint and {{ stale('timestamp') }}
    and {{ between('timestamp', 'left_until', 'right_since') }}
{%- if has_archive %}
union all by name
{{ of_archive('true') }}
where {{ stale('first_at') }} and {{ between('first_at', 'left_until', 'right_since') }}
{%- endif %}
{%- endif %}
