-- How many rows the rollup has wrong or lacks, against a recount.
select count(*) from (
    (({{ kept }}) except all ({{ recounted }}))
    union all
    (({{ recounted }}) except all ({{ kept }}))
)
