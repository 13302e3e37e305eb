-- event_types: the events of the window by type, and all of them, for which that is null
select
    event_type,
    {{ count() }} as count,
    {{ first() }} as first_activity,
    {{ last() }} as last_activity,
    {{ errors() }} as total_errors,
    {{ mean('duration_ms') }} as avg_response_time_ms
from {{ events() }}
group by grouping sets ((), (event_type))
order by count desc, event_type

-- known: whether any event ever named this person
select exists(select 1 from events where user_id = $user_id)
    or exists(select 1 from archive where user_id = $user_id) as known
