-- daily[timestamp]: people of each day, of 7 days and of 30
with days as (
    select distinct user_id, timestamp::date as day from events where user_id is not null and true
),
told as (
    select unnest(generate_series(
        $start::date, ($end::timestamp - interval 1 microsecond)::date, interval 1 day
    ))::date as day
)
select
    told.day::timestamp as timestamp,
    count(distinct user_id) filter (days.day = told.day) as dau,
    count(distinct user_id) filter (days.day > told.day - 7) as wau,
    count(distinct user_id) as mau
from told
join days on days.day <= told.day and days.day > told.day - 30
group by all
