{#- The requests that are asked about. #}
{%- macro requests() -%}
(
    select * from {{ raw(event_type='api.request') }}
    where $endpoint::varchar is null or endpoint = $endpoint::varchar
)
{%- endmacro %}

-- requests: by endpoint and method
select
    endpoint,
    method,
    count(*) as request_count,
    count(duration_ms) as timed_count,
    sum(duration_ms) as duration_ms,
    min(duration_ms)::double as shortest_ms,
    max(duration_ms)::double as longest_ms,
    {{ quantile('duration_ms', [0.50, 0.95, 0.99]) }} as percentiles,
    count(*) filter (is_error) as error_count,
    sum(try_cast(bytes[1] as ubigint)) as bytes_in,
    sum(try_cast(bytes[2] as ubigint)) as bytes_out
from (
    select *, json_extract_string(metadata, ['$.bytes_in', '$.bytes_out']) as bytes
    from {{ requests() }}
)
group by endpoint, method
order by request_count desc, endpoint nulls last, method nulls last

-- total: what can't be put together from the groups
select {{ quantile('duration_ms', [0.50, 0.95, 0.99]) }} as percentiles
from {{ requests() }}
