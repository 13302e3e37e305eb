-- senders: those with most messages
select user_id, {{ count() }} as message_count
from {{ counts() }}
where user_id is not null
group by user_id
having sum(n) > 0
order by message_count desc, user_id
limit $limit::bigint

-- names: what they are called
select user_id, username
from {{ called('username', of='user_id', among='people') }}
