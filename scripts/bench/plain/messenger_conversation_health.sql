-- balance: who says how much
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null and user_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and conversation_id = $conversation
        and timestamp >= $start and timestamp < $end
)
select count(*) as participants, ln(sum(n)) - sum(n * ln(n)) / sum(n) as entropy
from (select user_id, count(*) as n from sent group by user_id)
having count(*) > 0

-- response: how it is answered
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null and user_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and conversation_id = $conversation
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
    count(responder) as answered,
    count(*) filter (responder is null and not is_waiting) as unanswered,
    quantile_disc(response_ms, 0.5) as median_response_ms
from turns

-- trend: how much is said, beside the time before
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null and user_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and conversation_id = $conversation
        and timestamp >= $previous_start and timestamp < $end
)
select
    count(*) filter (timestamp >= $start) as messages,
    count(*) filter (timestamp < $start) as previous_messages
from sent

-- recency: when the last was
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null and user_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and conversation_id = $conversation
        and timestamp < $end
)
select max(timestamp) as last_message_at
from sent
