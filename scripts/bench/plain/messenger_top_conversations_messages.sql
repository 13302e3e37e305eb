-- conversations[conversation_id]: the ten with most messages
with ever_sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp < $end
),
moves as (
    select
        conversation_id,
        user_id,
        max(timestamp) filter (event_type in ('conversation.created', 'conversation.joined'))
            as joined,
        max(timestamp) filter (event_type = 'conversation.left') as gone,
        max(timestamp) filter (event_type = 'message.sent') as sent
    from (
        select conversation_id, user_id, event_type, timestamp
        from events
        where event_type in ('conversation.created', 'conversation.joined', 'conversation.left')
            and timestamp < $end
        union all
        select conversation_id, user_id, event_type, timestamp from ever_sent
    )
    group by all
),
members as (
    select conversation_id, user_id
    from moves
    where gone is null or coalesce(joined, sent) > gone
),
counted as (
    select conversation_id, count(*) as participant_count from members group by all
),
most as (
    select conversation_id, count(*) as message_count, max(timestamp) as last_message_date
    from ever_sent
    where timestamp >= $start
    group by all
)
select
    conversation_id, message_count, last_message_date,
    coalesce(participant_count, 0) as participant_count
from most
left join counted using (conversation_id)
order by message_count desc, conversation_id
limit 10
