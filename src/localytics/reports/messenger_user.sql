-- sent: messages of the person
select
    {{ count() }} as messages_sent,
    {{ uniq('conversation_id') }} as active_conversations,
    {{ first() }} as first_message_date,
    {{ last() }} as last_message_date
from {{ sent() }}

-- read: messages that the person has read
select count(*) as messages_read
from {{ read_by() }}

-- seen: when they last did anything
select {{ last() }} as last_at
from {{ seen('user_id') }}

-- others: when they last did anything but send a message
select {{ last() }} as last_at
from {{ events('since', 'before') }}
where event_type <> 'message.sent' or conversation_id is null

-- known: whether any event ever named this person
select exists(select 1 from events where user_id = $user_id)
    or exists(select 1 from archive where user_id = $user_id) as known
