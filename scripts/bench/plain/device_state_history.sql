-- totals: what came before
select arg_max(status, (timestamp, seq)) as state_at_start
from events
where event_type = 'device.state_changed' and device_id = $device and timestamp < $start

-- states[state]: how long each lasted
select state, sum(lasted) as duration_ms, 100 * sum(lasted) / sum(sum(lasted)) over () as percentage
from (
    select
        status as state,
        epoch_us(least(lead(timestamp, 1, $end) over (order by timestamp, seq), $end))
            - epoch_us(greatest(timestamp, $start)) as micros,
        micros / 1000 as lasted
    from events
    where event_type = 'device.state_changed' and device_id = $device and timestamp < $end
)
where micros > 0
group by state
