-- Which of the suspects are stored already. The bounds let row groups of other times be skipped.
select distinct s.position
from suspects s
join events e on e.timestamp = s.timestamp and e.id = s.id
where e.timestamp between make_timestamp($earliest) and make_timestamp($latest)
