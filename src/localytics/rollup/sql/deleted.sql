event_type = 'message.sent' and coalesce(message_id, id) in (
    select message_id from events where event_type = 'message.deleted' and message_id is not null
)
