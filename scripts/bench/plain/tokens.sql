-- data_points[timestamp]: day by day
select
    date_trunc('day', timestamp) as timestamp,
    sum(input_tokens) as input_tokens,
    sum(output_tokens) as output_tokens,
    sum(cache_read_tokens) as cache_read_tokens,
    sum(cache_write_tokens) as cache_write_tokens,
    sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens) as total_tokens
from events
where event_type = 'message.sent' and timestamp >= $start and timestamp < $end
group by all
order by 1

-- totals: of the window
select
    sum(input_tokens) as total_input_tokens,
    sum(output_tokens) as total_output_tokens,
    avg(input_tokens) as avg_input_tokens_per_message,
    avg(output_tokens) as avg_output_tokens_per_message
from events
where event_type = 'message.sent' and timestamp >= $start and timestamp < $end
