-- totals: messages that were not deleted, as long as their latest edit made them
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
edits as (
    select source, message_id, last(message_length order by timestamp) as message_length
    from events
    where event_type = 'message.edited' and message_length is not null
    group by source, message_id
)
select
    count(*) as total_messages,
    count(*) filter (message_type = 'text') as text_messages,
    count(*) filter (message_type = 'image') as image_messages,
    count(*) filter (message_type = 'file') as file_messages,
    count(*) filter (message_type = 'system') as system_messages,
    count(distinct user_id) as unique_senders,
    avg(coalesce(edits.message_length, sent.message_length)) as avg_message_length
from sent
left join edits using (source, message_id)
