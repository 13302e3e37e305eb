-- Which values of the last key there were{% if spans %}, with their first and last moment{% endif %}.
select
    {{ slot }},
    {{ keys | join(', ') }}
    {%- for name in spans %},
    {% if moments and name == 'last_at' -%}
    nullif(max(coalesce(last_at, first_at)), min(first_at)) as last_at
    {%- else -%}
    {{ added(name) }}
    {%- endif %}
    {%- endfor %}
    {%- if linked %},
    {#- Those of the part that was added first: nothing stood before it for the longest. #}
    min(before) as before,
    max(after) as after
    {%- endif %}
from {{ source }}
group by all
