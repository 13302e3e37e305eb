-- What the store already has of a history that is told again: one row for each id it knows.
select
    s.position,
    arg_max(e.seq, e.seq) as seq,
    arg_max(epoch_us(e.timestamp), e.seq) as timestamp,
    arg_max(coalesce(e.output_tokens, -1), e.seq) as output_tokens
from suspects s
join events e on e.id = s.id
group by s.position
