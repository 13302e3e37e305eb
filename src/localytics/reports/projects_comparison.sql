-- projects: the messages of each compared project
select
    project_id,
    {{ count() }} as messages,
    {{ tokens() }} as tokens,
    {{ cost() }} as cost,
    {{ mean('duration_ms') }} as avg_response_time_ms,
    {{ share(errors(), count()) }} as error_rate
from {{ messages() }}
where {{ one_of('project_id', 'compared') }}
group by project_id

-- sessions: of each compared project
select project_id, {{ uniq('session_id') }} as sessions
from {{ messages() }}
where {{ one_of('project_id', 'compared') }}
group by project_id

-- p95: the time that 95 % of a project's answers took at most
select project_id, duration_ms as p95_response_time_ms
from {{ nearest_rank('project_id', 0.95, response_times()) }}
where {{ one_of('project_id', 'compared') }}

-- days: the messages of each compared project on each day
select
    bucket as timestamp,
    project_id,
    {{ count() }} as messages,
    {{ tokens() }} as tokens,
    {{ cost() }} as cost
from {{ timed(messages()) }}
where {{ one_of('project_id', 'compared') }}
group by all
