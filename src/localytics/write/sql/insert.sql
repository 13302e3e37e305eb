-- One group of events into the store; what follows from their fields is worked out here, once.
insert into events by name
select
    seq,
    id,
    event_type, timestamp, timestamp_basis, sent_at, received_at,
    source, user_id, session_id, project_id, conversation_id, device_id,
    -- Long ones as they are written: a double has no room for all the digits of their product.
    case when duration_ms < 1e9 then duration_ms::decimal(18, 6)
         else duration_ms::varchar::decimal(18, 6) end as duration_ms,
    status_code,
    coalesce(is_error, false) or coalesce(status_code >= 400, false) as is_error,
    error_message, role, model, agent,
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens,
    coalesce(reported_usd, worked_out_usd) as cost_usd,
    case when reported_usd is not null then 'reported'
         when worked_out_usd is not null then 'priced' end as cost_basis,
    case when reported_usd is not null then worked_out_usd end as priced_usd,
    message_type, message_length,
    -- A messenger's message is called by its id, where it has no other name.
    coalesce(message_id, case when event_type = 'message.sent' and conversation_id is not null
                                   or event_type = 'message.read' then id end) as message_id,
    endpoint, method, category, severity, status, value,
    username, title, conversation_type, metadata
from (
    select
        * replace (coalesce(id, uuidv7()::varchar) as id),
        (reported_nanousd * 1e-9::decimal(10, 9))::decimal(18, 9) as reported_usd,
        (priced_nanousd * 1e-9::decimal(10, 9))::decimal(18, 9) as worked_out_usd
    from incoming
)
