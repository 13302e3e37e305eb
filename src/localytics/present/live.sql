-- The events of a stretch of numbers, the newest first, and how many there are.
select {{ columns | join(', ') }}, count(*) over () as matching
from events
where seq > $after and seq <= $until
{%- for column in filters %} and list_contains(${{ column }}::varchar[], {{ column }}){% endfor %}
order by seq desc
limit $most
