-- Rows of a rollup at all its grains, the coarser ones from the finest: far fewer by then.
with added as materialized ({{ finest }})
select * from added
union all by name
({{ coarser }})
