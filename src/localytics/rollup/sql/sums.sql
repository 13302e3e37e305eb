-- All that can be added up.
select
    {{ slot }},
    {{ keys | join(', ') }}
    {%- for name in sums %},
    {{ added(name) }}
    {%- endfor %}
from {{ source }}
group by all
