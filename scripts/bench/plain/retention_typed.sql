-- cohorts[start]: the people of each week who had never come before
select date_trunc('week', first_time) as start, count(*) as size
from (select user_id, min(timestamp) as first_time from events where event_type = 'user.activity' group by user_id)
where first_time >= date_trunc('week', $start::timestamp) and user_id is not null
group by all

-- cohorts[start].periods[period]: those of them who came in later weeks
with newcomers as (
    select user_id, date_trunc('week', min(timestamp)) as start
    from events
    where user_id is not null and event_type = 'user.activity'
    group by user_id
),
weeks as (
    select distinct user_id, date_trunc('week', timestamp) as week
    from events
    where timestamp >= date_trunc('week', $start::timestamp) and event_type = 'message.sent'
)
select start, date_diff('week', start, week) as period, count(*) as users
from newcomers
join weeks using (user_id)
where start >= date_trunc('week', $start::timestamp) and week > start
group by all
