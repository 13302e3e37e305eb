-- jobs: by type
select
    category as job_type,
    count(*) as total,
    count(*) filter (status = 'success') as success,
    count(*) filter (status = 'failed') as failed,
    count(*) filter (status = 'timeout') as timeout,
    count(*) filter (status = 'cancelled') as cancelled,
    count(*) filter (status is null or not {{ one_of('status', 'statuses') }}) as other,
    {{ share("count(*) filter (status = 'success')", 'count(*)') }} as success_rate,
    avg(duration_ms)::double as avg_duration_ms,
    {{ quantile('duration_ms', 0.95) }} as p95_duration_ms,
    avg({{ json_number('retry_count') }}) as avg_retries
from {{ raw(event_type='job.finished') }}
where $job_type::varchar is null or category = $job_type::varchar
group by category
order by total desc, job_type nulls last

-- error_codes: of each type those that are most frequent
select category as job_type, {{ json_text('error_code') }} as error_code, count(*) as count
from {{ raw(event_type='job.finished') }}
where ($job_type::varchar is null or category = $job_type::varchar)
    and {{ json_text('error_code') }} is not null
group by 1, 2
qualify row_number() over (partition by category order by count desc, error_code) <= $most::integer
order by job_type nulls last, count desc, error_code
