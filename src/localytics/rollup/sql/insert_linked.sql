-- Rows into a rollup whose rows know their neighbours: those in it already, and those before them
-- among the new.
insert into {{ table }} by name
with added as materialized ({{ rows }})
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
    window among as (partition by grain, {{ keys | join(', ') }})
)
where not known
