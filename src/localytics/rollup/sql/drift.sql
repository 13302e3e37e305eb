-- How many rows the rollup has wrong or lacks, against a recount.
select count(*) from (
    (({{ kept }}) except all (select * from added))
    union all
    ((select * from added) except all ({{ kept }}))
)
