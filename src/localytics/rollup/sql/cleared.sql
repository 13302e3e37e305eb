-- What rows are about to be removed of.
create or replace temp table cleared as
select distinct {{ keys | last }} from {{ table }} where slot >= $since and slot < $until
