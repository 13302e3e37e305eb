-- Which values of the last key there were, with their first and last moment.
select
    {{ grain }}, {{ slot }},
    {{ keys | join(', ') }},
    {{ added('first_at') }},
    {{ added('last_at') }}
from {{ source }}
where {{ keys | last }} is not null
group by all
order by all
