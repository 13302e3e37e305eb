-- Each event as a partial row of one: what adds up, beside what it is told apart by.
select
    timestamp,
    {{ dimensions }},
    1::bigint as n,
    is_error::bigint as errors,
    duration_ms,
    (duration_ms is not null)::bigint as duration_ms_n,
    duration_ms as duration_min,
    duration_ms as duration_max,
    input_tokens,
    (input_tokens is not null)::bigint as input_tokens_n,
    output_tokens,
    (output_tokens is not null)::bigint as output_tokens_n,
    cache_read_tokens,
    cache_write_tokens,
    cost_usd,
    (cost_usd is not null)::bigint as cost_usd_n,
    -- billed, with no known price
    (cost_usd is null and coalesce(
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens
    ) is not null)::bigint as unpriced,
    timestamp as first_at,
    timestamp as last_at,
    {{ bin }} as bin
from events
