-- totals: of all activities
select
    count(*) as total_activities,
    {{ uniq('session_id') }} as sessions,
    {{ uniq('user_id') }} as users
from {{ raw(event_type='user.activity') }}

-- activities: by type
select
    coalesce(category, 'unknown') as activity_type,
    count(*) as count,
    {{ uniq('session_id') }} as sessions,
    {{ uniq('user_id') }} as users
from {{ raw(event_type='user.activity') }}
group by all
order by count desc, activity_type

-- pages: those that are viewed most; their path where it is short enough to be one
select coalesce(endpoint, {{ json_text('page_url') }}) as page, count(*) as count
from {{ raw(event_type='user.activity') }}
where category = 'page_view' and coalesce(endpoint, {{ json_text('page_url') }}) is not null
group by all
order by count desc, page
limit $most::bigint

-- searches: what is looked for most
select {{ json_text('search_query') }} as search_query, count(*) as count
from {{ raw(event_type='user.activity') }}
where {{ json_text('search_query') }} is not null
group by all
order by count desc, search_query
limit $most::bigint
