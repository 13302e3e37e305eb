-- newest: when the last event was
select {{ last() }} as last_event
from {{ events() }}
