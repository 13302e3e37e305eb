-- endpoints[endpoint,method]: by endpoint and method
select
    endpoint,
    method,
    count(*) as request_count,
    avg(duration_ms) as avg_response_time_ms,
    min(duration_ms)::double as min_response_time_ms,
    max(duration_ms)::double as max_response_time_ms,
    list_sort(list(duration_ms))[ceil(count(duration_ms) * 50 / 100)::bigint]::double
        as p50_response_time_ms,
    list_sort(list(duration_ms))[ceil(count(duration_ms) * 95 / 100)::bigint]::double
        as p95_response_time_ms,
    list_sort(list(duration_ms))[ceil(count(duration_ms) * 99 / 100)::bigint]::double
        as p99_response_time_ms,
    sum(is_error::integer) as error_count,
    100 * avg(is_error::integer) as error_rate,
    sum(json_extract(metadata, '$.bytes_in')::bigint) as bytes_in,
    sum(json_extract(metadata, '$.bytes_out')::bigint) as bytes_out
from events
where event_type = 'api.request' and timestamp >= $start and timestamp < $end
group by endpoint, method

-- total: of all
select
    count(*) as request_count,
    avg(duration_ms) as avg_response_time_ms,
    quantile_disc(duration_ms, 0.95)::double as p95_response_time_ms,
    sum(json_extract(metadata, '$.bytes_out')::bigint) as bytes_out
from events
where event_type = 'api.request' and timestamp >= $start and timestamp < $end
