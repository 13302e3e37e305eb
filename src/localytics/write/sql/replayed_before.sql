-- What the store already has of a history that is told again: the newest row of each id it knows.
select
    s.position,
    max(e.seq) as seq,
    arg_max(epoch_us(e.timestamp), e.seq) as time,
    arg_max(e.timestamp_basis, e.seq) as basis,
    arg_max(coalesce(e.output_tokens, -1), e.seq) as output_tokens,
    arg_max_null(e.agent, e.seq) as agent,
    arg_max_null(e.metadata::varchar, e.seq) as metadata
from suspects s
join events e on e.id = s.id
group by s.position
