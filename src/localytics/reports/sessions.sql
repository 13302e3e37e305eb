-- total: how many there are on all pages
select {{ uniq('session_id') }} as total_sessions
from {{ events() }}

-- sessions: those of a page, found by their times first, so that only theirs are looked at closely
with page as (
    select session_id, {{ first() }} as first_event, {{ last() }} as last_event
    from {{ events() }}
    where session_id is not null
    group by session_id
    having $after_start::timestamp is null
        or first_event < $after_start::timestamp
        or (first_event = $after_start::timestamp and session_id < $after_id::varchar)
    order by first_event desc, session_id desc
    limit $rows::bigint
),
places as (
    select session_id, {{ latest('project_id') }} as project_id
    from {{ events() }}
    where session_id in (select session_id from page)
    group by session_id
),
talks as (
    select
        session_id,
        {{ count() }} as messages,
        {{ tokens() }} as tokens,
        {{ cost() }} as cost,
        {{ distinct_values('model') }} as models
    from {{ messages() }}
    where session_id in (select session_id from page)
    group by session_id
)
select
    page.session_id,
    places.project_id,
    page.first_event as "start",
    page.last_event as "end",
    coalesce(talks.messages, 0) as messages,
    coalesce(talks.tokens, 0) as tokens,
    case when talks.session_id is null then 0 else talks.cost end as cost,
    coalesce(talks.models, []) as models
from page
left join places on places.session_id = page.session_id
left join talks on talks.session_id = page.session_id
order by page.first_event desc, page.session_id desc
