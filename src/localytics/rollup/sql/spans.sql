-- Which values of the keys there were, with their first and last moment.
select
    time_bucket(to_seconds({{ grain }}), slot) as slot,
    {{ keys }},
    min(first_at) as first_at,
    max(last_at) as last_at
from {{ source }}
where {{ last_key }} is not null
group by all
order by all
