-- The days of events that are about to go: their rollups no longer agree.
insert into stale_days
select distinct time_bucket(interval '1 day', timestamp) from events
where seq in (select unnest($seqs::bigint[]))
