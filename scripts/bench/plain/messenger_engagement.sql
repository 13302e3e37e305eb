-- totals: who there is, and who sends messages
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
senders as (select user_id, count(*) as messages from sent group by user_id)
select
    (select count(distinct user_id) from events where timestamp < $end) as total_users,
    (select count(*) from senders) as active_users,
    (select count(*) from senders where messages >= 5) as engaged_users

-- previous: the same of the period before
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp >= $previous_start and timestamp < $start
),
senders as (select user_id, count(*) as messages from sent group by user_id)
select
    (select count(distinct user_id) from events where timestamp < $start) as total_users,
    (select count(*) from senders) as active_users,
    (select count(*) from senders where messages >= 5) as engaged_users
