-- The rows of what has lost some, as if they had been added in order.
create or replace temp table added as
select
    * exclude (before, after),
    coalesce(lag(slot) over among, '-infinity') as before,
    timestamp 'infinity' as after
from {{ table }}
where {{ keys | last }} in (select {{ keys | last }} from cleared)
window among as (partition by {{ keys | join(', ') }} order by slot)
