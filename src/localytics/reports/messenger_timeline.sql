-- points: messages of each bucket, added up by slots first: few times to read off a clock
select bucket as timestamp, {{ count() }} as count
from {{ timed(
    '(select time_bucket(to_seconds($slot_seconds), first_at) as timestamp, sum(n) as n from '
    ~ counts() ~ ' group by all)'
) }}
group by bucket
