-- senders: how many messages each person sent
select user_id, {{ count() }} as messages
from {{ sent() }}
where user_id is not null
group by user_id
order by user_id

-- messages: how many there are
select {{ count() }} as messages
from {{ sent() }}

-- previous: how many there were in the window before
select {{ count() }} as messages
from {{ sent('previous_start', 'start') }}

-- last: the last there ever was
select {{ last() }} as last_message_at
from {{ sent('ever', 'end') }}

-- responses: how turns were answered
select
    count(responder) as answered,
    count(*) filter (responder is null and last_at <= $waiting_since::timestamp) as unanswered,
    {{ quantile('response_ms', 0.5) }} as median_response_ms
from {{ turns('until') }}

-- known: whether any event ever named this conversation
select exists(select 1 from events where conversation_id = $conversation_id)
    or exists(select 1 from archive where conversation_id = $conversation_id) as known
