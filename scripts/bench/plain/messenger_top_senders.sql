-- top_senders[user_id]: the ten who send most, with what they were called last
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp >= $start and timestamp < $end
),
most as (
    select user_id, count(*) as message_count
    from sent
    group by user_id
    order by message_count desc, user_id
    limit 10
)
select user_id, message_count, username
from most
left join (
    select user_id, last(username order by timestamp) as username
    from events
    where username is not null
    group by user_id
) names using (user_id)
