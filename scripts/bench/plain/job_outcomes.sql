-- jobs[job_type]: by type
select
    category as job_type,
    count(*) as total,
    sum((status = 'success')::integer) as success,
    sum((status = 'failed')::integer) as failed,
    sum((status = 'timeout')::integer) as timeout,
    sum((status = 'cancelled')::integer) as cancelled,
    100 * avg((status = 'success')::integer) as success_rate,
    avg(duration_ms) as avg_duration_ms,
    list_sort(list(duration_ms))[ceil(count(duration_ms) * 95 / 100)::bigint]::double
        as p95_duration_ms,
    avg(json_extract(metadata, '$.retry_count')::bigint) as avg_retries
from events
where event_type = 'job.finished' and timestamp >= $start and timestamp < $end
group by category

-- jobs[job_type].top_error_codes[error_code]: what they failed of
select category as job_type, json_extract_string(metadata, '$.error_code') as error_code,
    count(*) as count
from events
where event_type = 'job.finished' and is_error and timestamp >= $start and timestamp < $end
group by all
