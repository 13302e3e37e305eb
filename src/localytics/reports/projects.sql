-- projects: messages of each project, and when the last one was
select
    project_id,
    {{ count() }} as messages,
    {{ tokens() }} as tokens,
    {{ cost() }} as cost,
    {{ last() }} as last_activity
from {{ messages() }}
where project_id is not null
group by project_id
order by messages desc, project_id

-- sessions: of each project
select project_id, {{ uniq('session_id') }} as sessions
from {{ messages() }}
where project_id is not null
group by project_id
