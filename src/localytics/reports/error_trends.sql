-- counts: by category and severity
select
    coalesce(category, 'unknown') as category,
    coalesce(severity, 'error') as severity,
    count(*) as count,
    count(*) filter (status is distinct from 'resolved') as unresolved_count
from {{ raw(event_type='error.reported') }}
where $category::varchar is null or coalesce(category, 'unknown') = $category::varchar
group by all
order by count desc, category, severity

-- hours: by severity, of each hour in which there are any
select bucket as timestamp, coalesce(severity, 'error') as severity, count(*) as count
from {{ timed(raw(event_type='error.reported')) }}
where $category::varchar is null or coalesce(category, 'unknown') = $category::varchar
group by all
order by severity

-- messages_most: what is said most often
select
    error_message,
    count(*) as count,
    min(timestamp) as first_seen,
    max(timestamp) as last_seen
from {{ raw(event_type='error.reported') }}
where ($category::varchar is null or coalesce(category, 'unknown') = $category::varchar)
    and error_message is not null
group by error_message
order by count desc, error_message
limit $most::bigint
