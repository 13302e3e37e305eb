-- Which of the suspects, all sent without a time, arrived within the dedupe window before.
-- `since` is where the earliest window begins: it lets row groups of other times be skipped.
select distinct s.position
from suspects s
join events e on e.id = s.id
where e.timestamp >= make_timestamp($since)
  and e.timestamp >= s.timestamp - to_microseconds($window)
  and e.timestamp_basis = 'arrival'
