-- event_types: the events of a window by type, with what messages have besides
select
    event_type,
    {{ count() }} as count,
    {{ mean('duration_ms') }} as avg_duration_ms,
    {{ errors() }} as error_count,
    {{ tokens() }} as tokens,
    {{ cost() }} as cost
from {{ events() }}
group by event_type
order by event_type

-- sessions: that had any event
select {{ uniq('session_id') }} as total_sessions
from {{ events() }}

-- seen: projects and people that had any event
select
    {{ uniq('project_id') }} as total_projects,
    {{ uniq('user_id') }} as total_users
from {{ events() }}

-- most_active_project: the project with most messages
select project_id as name
from {{ messages() }}
where project_id is not null
group by project_id
order by {{ count() }} desc, project_id
limit 1

-- most_used_model: the model with most messages
select model as name
from {{ messages() }}
where model is not null
group by model
order by {{ count() }} desc, model
limit 1
