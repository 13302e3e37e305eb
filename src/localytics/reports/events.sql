-- page: events since an instant, newest first; of one instant the one stored last comes first
select
    seq, id, event_type, timestamp, received_at, is_error,
    source, user_id, session_id, project_id, conversation_id, device_id,
    duration_ms, status_code, error_message, role, model, agent,
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens,
    cost_usd, message_type, message_length, message_id,
    endpoint, method, category, severity, status, value, metadata
from {{ raw('since', 'before') }}
where ($endpoint::varchar is null or endpoint = $endpoint)
    and ($method::varchar is null or method = $method)
    and ($category::varchar is null or category = $category)
    and ($severity::varchar is null or severity = $severity)
    and ($status::varchar is null or status = $status)
    and ($is_error::boolean is null or is_error = $is_error)
    and (
        $after_at::timestamp is null
        or timestamp < $after_at::timestamp
        or (timestamp = $after_at::timestamp and seq < $after_seq::bigint)
    )
order by timestamp desc, seq desc
limit $rows::bigint
