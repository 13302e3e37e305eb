-- points: events of each bucket
select
    bucket as timestamp,
    count(*) as count,
    {{ count_if('is_error') }} as error_count,
    {{ uniq('user_id') }} as unique_users
from {{ timed(events()) }}
group by bucket
