-- points: events of each bucket
select
    bucket as timestamp,
    {{ count() }} as count,
    {{ errors() }} as error_count,
    {{ uniq('user_id') }} as unique_users
from {{ timed(events()) }}
group by bucket
