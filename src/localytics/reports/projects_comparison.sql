-- projects: the messages of each compared project
select
    project_id,
    count(*) as messages,
    {{ uniq('session_id') }} as sessions,
    sum({{ tokens() }}) as tokens,
    {{ cost() }} as cost,
    {{ mean('duration_ms') }} as avg_response_time_ms,
    {{ quantile('duration_ms', 0.95) }} as p95_response_time_ms,
    {{ share(count_if('is_error'), 'count(*)') }} as error_rate
from {{ messages() }}
where {{ one_of('project_id', 'compared') }}
group by project_id

-- days: the messages of each compared project on each day
select
    bucket as timestamp,
    project_id,
    count(*) as messages,
    sum({{ tokens() }}) as tokens,
    {{ cost() }} as cost
from {{ timed(messages()) }}
where {{ one_of('project_id', 'compared') }}
group by all
