-- All that can be added up, with the extremes.
select
    {{ slot }},
    {{ keys | join(', ') }}
    {%- for name in sums + extremes %},
    {{ added(name) }}
    {%- endfor %}
from {{ source }}
group by all
