-- total: how many there are on all pages
select {{ uniq('session_id') }} as total_sessions
from {{ events() }}

-- page: sessions that began since an instant, newest first, with what they did until another; none
-- that was there before
with begun as (
    select
        session_id,
        {{ first() }} as first_event,
        {{ last() }} as "end",
        {{ latest('project_id') }} as project_id
    from {{ events('since', 'before') }}
    where session_id is not null
    group by session_id
)
select session_id, first_event as "start", "end", project_id
from begun
anti join {{ seen_before('session_id', 'start', 'since', 'before') }} earlier
    on earlier.session_id = {{ numbered('begun.session_id') }}
where $after_start::timestamp is null
    or first_event < $after_start::timestamp
    or (first_event = $after_start::timestamp and session_id < $after_id::varchar)
order by first_event desc, session_id desc
limit $rows::bigint

-- ends: when each of a page was last heard of
select names.session_id, {{ last() }} as "end"
from (select unnest($page::varchar[]) as session_id) names
join {{ seen('session_id', 'begun', 'end') }} heard
    on heard.session_id = {{ numbered('names.session_id') }}
group by names.session_id

-- places: where each of a page was last
select session_id, {{ latest('project_id') }} as project_id
from {{ events('begun', 'ended') }}
where {{ one_of('session_id', 'page') }}
group by session_id

-- talks: the messages of each of a page
select
    session_id,
    {{ count() }} as messages,
    {{ tokens() }} as tokens,
    {{ cost() }} as cost,
    {{ distinct_values('model') }} as models
from {{ messages('begun', 'ended') }}
where {{ one_of('session_id', 'page') }}
group by session_id
