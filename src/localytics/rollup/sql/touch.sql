-- The days that a slice adds to.
insert into touched_days
select distinct time_bucket(interval '1 day', slot) as day from {{ source }}
except
select day from touched_days
