-- totals: of all
select count(*) as total_activities, count(distinct session_id) as sessions,
    count(distinct user_id) as users
from events
where event_type = 'user.activity' and timestamp >= $start and timestamp < $end

-- activities[activity_type]: by type
select category as activity_type, count(*) as count, count(distinct session_id) as sessions
from events
where event_type = 'user.activity' and timestamp >= $start and timestamp < $end
group by all

-- top_pages[page]: by page
select endpoint as page, count(*) as count
from events
where event_type = 'user.activity' and endpoint is not null and timestamp >= $start and timestamp < $end
group by all

-- top_searches[search_query]: by what was looked for
select json_extract_string(metadata, '$.search_query') as search_query, count(*) as count
from events
where event_type = 'user.activity' and category = 'search' and timestamp >= $start and timestamp < $end
group by all
