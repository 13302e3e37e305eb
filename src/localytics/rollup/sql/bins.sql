-- How many durations were of each size.
select
    {{ slot }},
    {{ keys | join(', ') }},
    bin,
    sum(weight)::bigint as weight
from {{ source }}
group by all
