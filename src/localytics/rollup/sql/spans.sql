-- Which values of the last key there were, with their first and last moment.
select
    {{ grain }}, {{ slot }},
    {{ keys | join(', ') }},
    {{ added('first_at') }},
    {{ added('last_at') }}
    {%- if counted %},
    {{ added('n') }}
    {%- endif %}
    {%- if linked %},
    {#- Those of the part that was added first: nothing stood before it for the longest. #}
    min(before) as before,
    max(after) as after
    {%- endif %}
from {{ source }}
where {{ keys | last }} is not null
group by all
order by all
