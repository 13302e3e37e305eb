-- active_users_24h: who sent something in the last day
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp >= $end - interval 24 hours and timestamp < $end
)
select count(distinct user_id) as active_users
from sent

-- message_timeline[timestamp]: day by day
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp >= $start and timestamp < $end
)
select date_trunc('day', timestamp) as timestamp, count(*) as count
from sent
group by all

-- top_senders[user_id]: the five who send most
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp >= $start and timestamp < $end
)
select user_id, count(*) as message_count
from sent
group by user_id
order by message_count desc, user_id
limit 5
