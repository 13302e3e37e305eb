-- steps[step]: the furthest that each person got within a week of a first step
with wanted as (
    select user_id, event_type, source, timestamp
    from events
    where timestamp >= $start and timestamp < $end and user_id is not null
),
step_1 as (select user_id, timestamp from wanted where event_type = 'page.viewed'),
step_2 as (select user_id, timestamp from wanted where event_type = 'message.sent'),
step_3 as (select user_id, timestamp from wanted where event_type = 'tool.used'),
step_4 as (select user_id, timestamp from wanted where event_type = 'api.request'),
way_1 as (select user_id, timestamp as time_1 from step_1),
way_2 as (
    select before.*, after.timestamp as time_2
    from way_1 before
    asof left join step_2 after
        on after.user_id = before.user_id and after.timestamp >= before.time_1
),
way_3 as (
    select before.*, after.timestamp as time_3
    from way_2 before
    asof left join step_3 after
        on after.user_id = before.user_id and after.timestamp >= before.time_2
),
way_4 as (
    select before.*, after.timestamp as time_4
    from way_3 before
    asof left join step_4 after
        on after.user_id = before.user_id and after.timestamp >= before.time_3
),
judged as (
    select
        *,
        case when time_4 <= time_1 + interval 168 hours then 4
             when time_3 <= time_1 + interval 168 hours then 3
             when time_2 <= time_1 + interval 168 hours then 2
             else 1 end as got
    from way_4
),
chosen as (
    select unnest(arg_min(judged, (-got, time_1))) from judged group by user_id
)
select 1 as step, count(*) as users, null as median_ms_from_previous, null as median_ms_from_first
from chosen
union all
select
    2,
    count(*),
    quantile_disc((epoch_us(time_2) - epoch_us(time_1)) / 1000, 0.5),
    quantile_disc((epoch_us(time_2) - epoch_us(time_1)) / 1000, 0.5)
from chosen
where got >= 2
union all
select
    3,
    count(*),
    quantile_disc((epoch_us(time_3) - epoch_us(time_2)) / 1000, 0.5),
    quantile_disc((epoch_us(time_3) - epoch_us(time_1)) / 1000, 0.5)
from chosen
where got >= 3
union all
select
    4,
    count(*),
    quantile_disc((epoch_us(time_4) - epoch_us(time_3)) / 1000, 0.5),
    quantile_disc((epoch_us(time_4) - epoch_us(time_1)) / 1000, 0.5)
from chosen
where got >= 4
