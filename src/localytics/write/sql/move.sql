-- Events that turned out to have happened earlier: the same row again under its new time and seq.
insert into events
select e.* replace (
    m.seq as seq, m.timestamp as timestamp, m.basis as timestamp_basis, null as sent_at
)
from events e
join moved m on e.seq = m.old_seq
