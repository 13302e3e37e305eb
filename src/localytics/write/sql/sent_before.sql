-- Which of the suspects are stored already, at the time they were sent with or, where that was not
-- believed, at that of their arrival. The bounds let row groups of other times be skipped.
select distinct s.position
from suspects s
join events e on e.timestamp = s.timestamp and e.id = s.id
where e.timestamp between make_timestamp($earliest) and make_timestamp($latest)
  and e.timestamp_basis <> 'future'
union all
select s.position
from suspects s
join events e on e.sent_at = s.timestamp and e.id = s.id
where e.sent_at between make_timestamp($earliest) and make_timestamp($latest)
union all
-- Retention has removed it; its name is still known.
select s.position
from suspects s
join archived_ids a on a.timestamp = s.timestamp and a.id_hash = (md5_number(s.id) >> 64)::ubigint
where a.timestamp between make_timestamp($earliest) and make_timestamp($latest)
