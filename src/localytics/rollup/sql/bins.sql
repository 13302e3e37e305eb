-- How many durations were of each size.
select
    time_bucket(to_seconds({{ grain }}), slot) as slot,
    {{ keys }},
    bin,
    sum(weight)::bigint as weight
from {{ source }}
group by all
order by all
