-- messages: all of the conversation
select
    {{ count() }} as message_count,
    {{ uniq('user_id') }} as active_participants,
    {{ first() }} as first_message_date,
    {{ last() }} as last_message_date
from {{ sent() }}

-- participants: who is in it
select count(*) as participant_count
from {{ members() }}

-- created: when it was
select {{ first() }} as created_at
from {{ rolled('messenger_created', 'start', 'end') }}

-- seen: when it was first heard of, by whatever event
select {{ first() }} as seen_at
from {{ events() }}

-- known: whether any event ever named this conversation
select exists(select 1 from events where conversation_id = $conversation_id)
    or exists(select 1 from archive where conversation_id = $conversation_id) as known

-- types: what kind of conversation it is
select conversation_type
from {{ called('conversation_type', of='conversation_id', among='conversations') }}

-- titles: what it is called
select title
from {{ called('title', of='conversation_id', among='conversations') }}
