-- event_types: the events of the window and of the one before by type, with what messages have besides
select
    is_earlier,
    event_type,
    {{ count() }} as count,
    {{ mean('duration_ms') }} as avg_duration_ms,
    {{ errors() }} as error_count,
    {{ tokens() }} as tokens,
    {{ cost() }} as cost
from {{ events('previous_start', 'end', cut='start') }}
group by is_earlier, event_type
order by event_type

-- sessions: that had any event
select {{ uniq('session_id') }} as total_sessions
from {{ events() }}

-- seen: projects and people that had any event, in either
select
    is_earlier,
    {{ uniq('project_id') }} as total_projects,
    {{ uniq('user_id') }} as total_users
from {{ events('previous_start', 'end', cut='start') }}
group by is_earlier

-- most: the project and the model with most messages
select
    case when grouping(model) = 1 then 'project' else 'model' end as kind,
    coalesce(project_id, model) as name
from {{ messages() }}
group by grouping sets ((project_id), (model))
having coalesce(project_id, model) is not null
qualify row_number() over (partition by kind order by {{ count() }} desc, name) = 1
