-- How many rows the rollup has wrong or lacks, against a recount.
select count(*) from (
    select * exclude (side), sum(side) as beyond
    from (
        select *, 1 as side from ({{ kept }})
        union all by name
        select *, -1 as side from ({{ recounted }})
    )
    group by all
    having beyond <> 0
)
