-- types: messages of each type, as they were last edited
select
    coalesce(message_type, 'unknown') as message_type,
    {{ count() }} as count,
    coalesce(sum(message_length::hugeint * n), 0) as length,
    coalesce(sum(n) filter (message_length is not null), 0)::bigint as measured
from {{ edited() }}
group by all
having sum(n) > 0
order by count desc, message_type

-- senders: people who sent any
select count(*) as unique_senders
from (
    select user_id
    from {{ counts() }}
    where user_id is not null
    group by user_id
    having sum(n) > 0
)
