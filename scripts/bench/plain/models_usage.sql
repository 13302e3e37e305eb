-- models[model]: in the window
select
    model,
    count(*) as message_count,
    sum(cost_usd) as total_cost,
    avg(cost_usd) as avg_cost_per_message,
    avg(duration_ms) as avg_response_time_ms,
    quantile_disc(duration_ms, 0.95) as p95_response_time_ms,
    avg(input_tokens) as avg_tokens_input,
    avg(output_tokens) as avg_tokens_output
from events
where event_type = 'message.sent' and model is not null
    and timestamp >= $start and timestamp < $end
group by model
order by message_count desc

-- models[model]: in the window before
select model, count(*) as previous_message_count
from events
where event_type = 'message.sent' and model is not null
    and timestamp >= $previous_start and timestamp < $start
group by model
