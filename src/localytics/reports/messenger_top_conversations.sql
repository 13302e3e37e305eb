-- conversations: those with messages in the window, the first by what is asked
with found as (
    select conversation_id, {{ count() }} as message_count, {{ last() }} as last_message_date
    from {{ sent() }}
    group by conversation_id
),
counted as (
    select conversation_id, count(*) as participant_count
    from {{ members() }}
    group by conversation_id
)
select
    conversation_id,
    message_count,
    coalesce(participant_count, 0) as participant_count,
    last_message_date
from found
left join counted using (conversation_id)
order by
    case $sort_by
        when 'participants' then coalesce(participant_count, 0)
        when 'activity' then epoch_us(last_message_date)
        else message_count
    end desc,
    message_count desc,
    conversation_id
limit $limit::bigint

-- types: what kind of conversations they are
select conversation_id, conversation_type as value
from {{ called('conversation_type', of='conversation_id', among='conversations') }}

-- titles: what they are called
select conversation_id, title as value
from {{ called('title', of='conversation_id', among='conversations') }}
