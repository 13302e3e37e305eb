-- Of several partial rows, the sums they make together.
sum(n)::bigint as n,
sum(errors)::bigint as errors,
sum(duration_ms) as duration_ms,
sum(duration_ms_n)::bigint as duration_ms_n,
sum(input_tokens) as input_tokens,
sum(input_tokens_n)::bigint as input_tokens_n,
sum(output_tokens) as output_tokens,
sum(output_tokens_n)::bigint as output_tokens_n,
sum(cache_read_tokens) as cache_read_tokens,
sum(cache_write_tokens) as cache_write_tokens,
sum(cost_usd) as cost_usd,
sum(cost_usd_n)::bigint as cost_usd_n,
sum(unpriced)::bigint as unpriced
