select distinct slot from rollup_types where grain = 86400 order by slot
