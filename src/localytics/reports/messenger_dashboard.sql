-- active: people who sent a message in the last hours
select {{ uniq('user_id') }} as active_users
from {{ sent() }}
