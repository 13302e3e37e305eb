-- By how much the links of some days count wrong, against counting what is different.
select abs(coalesce((
    select sum(counted) from {{ links }}
    where slot >= $since and slot < $until
        and before < $since::timestamp and after >= $until::timestamp
), 0) - count(distinct ({{ keys | join(', ') }})))::bigint
from {{ table }}
where slot >= $since and slot < $until
