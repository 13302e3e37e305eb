-- totals: of one conversation
with ever_sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and conversation_id = $conversation
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
            and conversation_id = $conversation
        union all
        select conversation_id, user_id, event_type, timestamp from ever_sent
    )
    group by all
),
members as (
    select conversation_id, user_id
    from moves
    where gone is null or coalesce(joined, sent) > gone
)
select
    count(*) as message_count,
    count(distinct user_id) as active_participants,
    min(timestamp) as first_message_date,
    max(timestamp) as last_message_date,
    (select count(*) from members) as participant_count,
    (
        select min(timestamp)
        from events
        where event_type = 'conversation.created' and conversation_id = $conversation
    ) as created_at,
    (
        select last(title order by timestamp)
        from events
        where conversation_id = $conversation and title is not null
    ) as title
from ever_sent
