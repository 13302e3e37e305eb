-- Every day that was rolled up before has to be again.
insert into stale_days
select distinct time_bucket(interval '1 day', timestamp) from events
where seq <= (select watermark from rollup_state)
union
select distinct time_bucket(interval '1 day', slot) from archive
