-- Events of another store, or of this one's past, but for those that are here or that retention has
-- removed from here. They are numbered in their order, after the last.
insert into events by name
select $last_seq + row_number() over (order by place) as seq, r.* exclude (place)
from restored r
where not exists (select 1 from events e where e.timestamp = r.timestamp and e.id = r.id)
    and not exists (
        select 1 from archived_ids a
        where a.timestamp = coalesce(r.sent_at, r.timestamp) and a.id_hash = (md5_number(r.id) >> 64)::ubigint
    )
qualify row_number() over (partition by id, timestamp order by place) = 1
