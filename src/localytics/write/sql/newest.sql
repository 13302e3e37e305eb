-- The latest time up to `until` that names an event, also one that retention has removed.
select epoch_us(max(latest))
from (
    select max(timestamp) as latest from events where timestamp <= make_timestamp($until)
    union all
    select max(sent_at) from events where sent_at <= make_timestamp($until)
    union all
    select max(timestamp) from archived_ids where timestamp <= make_timestamp($until)
)
