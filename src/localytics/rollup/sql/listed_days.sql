-- The days of a list, in order, each with how many events it has.
select listed.day, coalesce(sum(types.n), 0)::bigint as events
from (select distinct day from {{ table }}) listed
left join rollup_types_days types on types.slot = listed.day
group by listed.day
order by listed.day
