-- totals: of all turns
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null and user_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp >= $start and timestamp < $end
),
turns as (
    select
        *,
        case when next_at <= timestamp + interval 24 hours then next_user end as responder,
        case when next_at <= timestamp + interval 24 hours
             then (epoch_us(next_at) - epoch_us(timestamp)) / 1000 end as response_ms,
        timestamp > $end::timestamp - interval 24 hours and responder is null as is_waiting
    from (
        select
            *,
            lead(user_id) over (partition by conversation_id order by timestamp, user_id)
                as next_user,
            lead(timestamp) over (partition by conversation_id order by timestamp, user_id)
                as next_at
        from sent
    )
    where not coalesce(next_user = user_id and next_at <= timestamp + interval 24 hours, false)
)
select
    count(*) filter (not is_waiting) as turns,
    count(responder) as answered,
    count(*) filter (responder is null and not is_waiting) as unanswered,
    quantile_disc(response_ms, 0.5) as median_response_ms,
    quantile_disc(response_ms, 0.95) as p95_response_ms,
    count(*) filter (is_waiting) as waiting
from turns

-- conversations[conversation_id]: of those with most
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null and user_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp >= $start and timestamp < $end
),
turns as (
    select
        *,
        case when next_at <= timestamp + interval 24 hours then next_user end as responder,
        case when next_at <= timestamp + interval 24 hours
             then (epoch_us(next_at) - epoch_us(timestamp)) / 1000 end as response_ms,
        timestamp > $end::timestamp - interval 24 hours and responder is null as is_waiting
    from (
        select
            *,
            lead(user_id) over (partition by conversation_id order by timestamp, user_id)
                as next_user,
            lead(timestamp) over (partition by conversation_id order by timestamp, user_id)
                as next_at
        from sent
    )
    where not coalesce(next_user = user_id and next_at <= timestamp + interval 24 hours, false)
)
select
    conversation_id,
    count(*) filter (not is_waiting) as turns,
    count(responder) as answered,
    count(*) filter (responder is null and not is_waiting) as unanswered,
    quantile_disc(response_ms, 0.5) as median_response_ms,
    quantile_disc(response_ms, 0.95) as p95_response_ms
from turns
group by conversation_id
order by turns desc, conversation_id
limit 10

-- responders[user_id]: of those who answered most
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null and user_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp >= $start and timestamp < $end
),
turns as (
    select
        *,
        case when next_at <= timestamp + interval 24 hours then next_user end as responder,
        case when next_at <= timestamp + interval 24 hours
             then (epoch_us(next_at) - epoch_us(timestamp)) / 1000 end as response_ms,
        timestamp > $end::timestamp - interval 24 hours and responder is null as is_waiting
    from (
        select
            *,
            lead(user_id) over (partition by conversation_id order by timestamp, user_id)
                as next_user,
            lead(timestamp) over (partition by conversation_id order by timestamp, user_id)
                as next_at
        from sent
    )
    where not coalesce(next_user = user_id and next_at <= timestamp + interval 24 hours, false)
)
select
    responder as user_id,
    count(*) as answered,
    quantile_disc(response_ms, 0.5) as median_response_ms,
    quantile_disc(response_ms, 0.95) as p95_response_ms
from turns
where responder is not null
group by responder
order by answered desc, responder
limit 10
