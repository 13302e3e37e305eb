-- What the store already has of a history that is told again: of each id it knows the row at the
-- time that is told, or else its newest.
select
    s.position,
    e.seq,
    epoch_us(e.timestamp) as time,
    e.timestamp_basis as basis,
    coalesce(e.output_tokens, -1) as output_tokens,
    e.agent,
    e.metadata::varchar as metadata
from suspects s
join events e on e.id = s.id
qualify row_number() over (
    partition by s.position
    order by epoch_us(e.timestamp) = s.time desc, e.seq desc
) = 1
