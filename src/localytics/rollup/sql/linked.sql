-- The rows `added` to a rollup with their neighbours: those in it already, and those before them
-- among the new.
create or replace temp table linked as
select * exclude (known)
from (
    select
        *,
        coalesce(lag(slot) over (among order by slot, known desc), '-infinity') as before,
        coalesce(
            min(slot) filter (where known) over (
                among order by slot, known desc rows between 1 following and unbounded following
            ),
            'infinity'
        ) as after
    from (
        select *, false as known from added
        union all by name
        select * exclude (before, after), true as known from {{ table }}
        where {{ keys | last }} in (select {{ keys | last }} from added)
    )
    window among as (partition by {{ keys | join(', ') }})
)
where not known
