select distinct slot from rollup_types_days order by slot
