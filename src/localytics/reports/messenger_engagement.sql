-- users: people of whom there was any event until the end
select {{ uniq('user_id') }} as total_users
from {{ events('ever', 'end') }}

-- senders: people who sent messages, and those who sent many
select
    count(*) as active_users,
    count(*) filter (n >= $engaged::bigint) as engaged_users
from (
    select user_id, sum(n) as n
    from {{ counts() }}
    where user_id is not null
    group by user_id
    having sum(n) > 0
)
