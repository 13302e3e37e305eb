-- The last number given out, also where the events that carried it have since been erased, or are
-- still in the inbox.
select greatest(
    (select coalesce(max(seq), 0) from events),
    (select coalesce(max(last_seq), 0) from inbox),
    (select coalesce(max(value), 0) from store_facts where name = 'last_seq')
)
