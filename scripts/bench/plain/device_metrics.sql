-- metrics[metric]: how many readings there are of each
select unnest(json_keys(metadata, '$.metrics')) as metric, count(*) as readings
from events
where event_type = 'device.metrics' and device_id = $device and timestamp >= $start and timestamp < $end
group by metric
