-- totals: of all messages, as they were last edited
select
    {{ count() }} as total_messages,
    {{ uniq('user_id') }} as unique_senders,
    {{ mean('message_length') }} as avg_message_length
from {{ sent(edited=true) }}

-- types: how many there are of each
select coalesce(message_type, 'unknown') as message_type, {{ count() }} as count
from {{ sent(edited=true) }}
group by all
order by count desc, message_type
