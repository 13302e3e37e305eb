-- The last number given out, also where the events that carried it have since been erased.
select greatest(
    (select coalesce(max(seq), 0) from events),
    (select coalesce(max(value), 0) from store_facts where name = 'last_seq')
)
