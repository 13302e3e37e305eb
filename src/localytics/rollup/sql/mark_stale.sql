-- The days of what is about to go: their rollups no longer agree.
insert into stale_days
select distinct time_bucket(interval '1 day', {{ time }}) from {{ table }} where {{ condition }}
