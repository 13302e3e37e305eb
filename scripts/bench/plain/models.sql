-- models[model_id]: messages and tokens
select
    model as model_id,
    count(*) as usage_count,
    sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens) as total_tokens
from events
where event_type = 'message.sent' and model is not null
    and timestamp >= $start and timestamp < $end
group by model
order by usage_count desc
