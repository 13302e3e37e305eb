-- The days that a slice adds to.
insert into touched_days
select distinct time_bucket(interval '1 day', slot) from fresh
except all
select day from touched_days
