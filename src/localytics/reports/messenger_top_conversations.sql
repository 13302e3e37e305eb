{%- macro said() -%}
(
    select conversation_id, {{ count() }} as message_count, {{ last() }} as last_message_date
    from {{ sent() }}
    group by conversation_id
)
{%- endmacro -%}

-- conversations: those in which most was said in the window, or something last
select *
from {{ said() }}
order by
    case $sort_by when 'activity' then epoch_us(last_message_date) else message_count end desc,
    message_count desc,
    conversation_id
limit $limit::bigint

-- participants: how many are in some conversations at the end of the window
select named.conversation_id, count(*) as participant_count
from (select unnest($conversations::varchar[]) as conversation_id) named
join {{ members(among='conversations') }} members
    on members.conversation_id = {{ numbered('named.conversation_id') }}
group by named.conversation_id

-- crowded: those with messages in the window in which most people are at its end
select said.*, coalesce(participant_count, 0) as participant_count
from {{ said() }} said
left join (
    select conversation_id as number, count(*) as participant_count
    from {{ members() }}
    group by conversation_id
) members on number = {{ numbered('said.conversation_id') }}
order by participant_count desc, message_count desc, conversation_id
limit $limit::bigint

-- types: what kind of conversations they are
select conversation_id, conversation_type as value
from {{ called('conversation_type', of='conversation_id', among='conversations') }}

-- titles: what they are called
select conversation_id, title as value
from {{ called('title', of='conversation_id', among='conversations') }}
