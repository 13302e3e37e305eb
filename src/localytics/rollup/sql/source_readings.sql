-- Every reading of a metric, as a row of its own.
select
    time_bucket(interval '1 hour', timestamp) as slot,
    metric, timestamp, seq, value,
    {{ keys | join(', ') }}
from {{ readings }}
