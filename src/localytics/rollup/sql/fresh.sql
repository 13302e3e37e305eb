-- All there is of some days, up to the watermark, in the form of the archive.
create or replace temp table fresh as
{{ singles }}
union all by name
select * from archive where slot >= $since and slot < $until
