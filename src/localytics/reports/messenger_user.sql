-- sent: messages of the person
select
    {{ count() }} as messages_sent,
    {{ uniq('conversation_id') }} as active_conversations,
    {{ first() }} as first_message_date
from {{ sent() }}

-- read: messages that the person has read
select {{ count() }} as messages_read
from {{ read_by() }}

-- acts: whatever the person did
select {{ last() }} as last_activity_date
from {{ acts() }}

-- known: whether any event ever named this person
select exists(select 1 from events where user_id = $user_id)
    or exists(select 1 from archive where user_id = $user_id) as known
