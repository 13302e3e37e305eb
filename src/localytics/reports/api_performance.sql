-- requests: by endpoint and method, and all together
select
    endpoint,
    method,
    grouping(endpoint) = 1 as is_total,
    count(*) as request_count,
    avg(duration_ms)::double as avg_response_time_ms,
    min(duration_ms)::double as min_response_time_ms,
    max(duration_ms)::double as max_response_time_ms,
    {{ quantile('duration_ms', 0.50) }} as p50_response_time_ms,
    {{ quantile('duration_ms', 0.95) }} as p95_response_time_ms,
    {{ quantile('duration_ms', 0.99) }} as p99_response_time_ms,
    count(*) filter (is_error) as error_count,
    {{ share('count(*) filter (is_error)', 'count(*)') }} as error_rate,
    sum(try_cast({{ json_text('bytes_in') }} as ubigint)) as bytes_in,
    sum(try_cast({{ json_text('bytes_out') }} as ubigint)) as bytes_out
from {{ raw(event_type='api.request') }}
where $endpoint::varchar is null or endpoint = $endpoint::varchar
group by grouping sets ((endpoint, method), ())
order by request_count desc, endpoint nulls last, method nulls last
