-- totals: of one person
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and user_id = $user
        and timestamp >= $start and timestamp < $end
)
select
    (select count(*) from sent) as messages_sent,
    (select count(distinct conversation_id) from sent) as active_conversations,
    (select min(timestamp) from sent) as first_message_date,
    (
        select count(distinct (source, message_id))
        from events
        where event_type = 'message.read' and user_id = $user
            and timestamp >= $start and timestamp < $end
            and (source, message_id) not in (
                select (source, message_id) from events
                where event_type = 'message.deleted' and message_id is not null
            )
    ) as messages_read,
    (
        select max(timestamp)
        from events
        where user_id = $user and timestamp >= $start and timestamp < $end
            and (event_type <> 'message.sent' or seq in (select seq from sent) or conversation_id is null)
    ) as last_activity_date
