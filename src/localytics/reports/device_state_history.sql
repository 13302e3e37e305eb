-- changes: in the window, in order
select
    timestamp,
    {{ json_text('previous_state') }} as previous_state,
    status as new_state,
    {{ json_text('changed_by') }} as changed_by,
    {{ json_text('reason') }} as reason
from {{ raw(event_type='device.state_changed') }}
order by timestamp, seq

-- before: the last change before the window
select status as new_state
from {{ raw('ever', 'start', event_type='device.state_changed') }}
order by timestamp desc, seq desc
limit 1

-- after: whether the last state of the window ended after it
select exists(
    select 1 from {{ raw('end', 'forever', event_type='device.state_changed') }}
) as ended

-- known: whether any event ever named this device
select exists(select 1 from events where device_id = $device_id)
    or exists(select 1 from archive where device_id = $device_id) as known
