-- By how much the links of some days count wrong, against counting what is different.
select coalesce(sum(abs(counted - there)), 0)::bigint
from (
    select
        count(*) filter (before < $since::timestamp and after >= $until::timestamp) as counted,
        count(distinct ({{ keys | join(', ') }})) as there
    from {{ table }}
    where slot >= $since and slot < $until
    group by grain
)
