-- Where the counters end that have rows in the archive, beside those that are known; the archive is
-- right where both tell of the same reading.
create or replace temp table ends as
select
    metric, labels, source, device_id,
    max(slot) as slot,
    arg_max(last, (last_at, last_seq, archived)) as last,
    arg_max(last_seq, (last_at, last_seq)) as last_seq,
    max(last_at) as last_at
from (
    select metric, labels, source, device_id, slot, last, last_seq, last_at, true as archived
    from metric_archive
    where metric_type = 'counter' and not is_delta and {{ condition }}
    union all by name
    select *, false as archived from metric_ends where {{ known }}
)
group by metric, labels, source, device_id
