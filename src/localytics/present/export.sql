{%- macro chosen() -%}
true
{%- if windowed %} and timestamp >= $start::timestamp and timestamp < $end::timestamp{% endif %}
{%- for column in filters %} and {{ column }} = ${{ column }}{% endfor %}
{%- endmacro -%}

-- bounds: how many events are to be exported, and the first and last of their numbers
select count(*), coalesce(min(seq), 0), coalesce(max(seq), 0) from events where {{ chosen() }}

-- rows: those of a stretch of numbers
select * replace (metadata::varchar as metadata)
from events
where seq > $after and seq <= $until and {{ chosen() }}
order by seq
