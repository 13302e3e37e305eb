{#- Someone who is there on a day is among the people of so many days from that one on. Where they
    are there again before that is over, a new stay takes over from the old. #}

-- stays: how many begin with each day, and how many of each length end before it
with stays as materialized (
    select
        period as day,
        coalesce(lead(period) over (partition by user_id order by period), 1e9::bigint) as again
    from {{ attendance(presence()) }}
)
select day, null as length, count(*) as people
from stays
group by day
union all
select least(day + length, again) as day, length, count(*) as people
from stays
cross join (select unnest($lengths::bigint[]) as length)
group by all
