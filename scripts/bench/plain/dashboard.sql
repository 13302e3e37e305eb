-- totals: when the last event of the week was
select max(timestamp) as last_event
from events
where timestamp >= $start and timestamp < $end
