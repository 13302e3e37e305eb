-- The counters of which rows of `metric_archive` are about to go.
create or replace temp table touched_ends as
select distinct metric, labels, source, device_id
from metric_archive
where metric_type = 'counter' and not is_delta and {{ condition }}
