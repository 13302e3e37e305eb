-- Which of a history that is told again retention has removed since: there is nothing to compare
-- them with any more, so they stay what they were.
select distinct s.position
from suspects s
join archived_ids a on a.id_hash = (md5_number(s.id) >> 64)::ubigint
