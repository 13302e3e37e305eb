-- All that can be added up, and in `figures` the extremes as well.
select
    time_bucket(to_seconds({{ grain }}), slot) as slot,
    {{ keys }},
    {{ measures }}
from {{ source }}
group by all
order by all
