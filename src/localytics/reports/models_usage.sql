-- models: each model of the window
select
    model,
    {{ count() }} as message_count,
    {{ cost() }} as total_cost,
    {{ mean('cost_usd') }} as avg_cost_per_message,
    {{ mean('duration_ms') }} as avg_response_time_ms,
    {{ mean('input_tokens') }} as avg_tokens_input,
    {{ mean('output_tokens') }} as avg_tokens_output
from {{ messages() }}
where model is not null
group by model
order by message_count desc, model

-- before: how much each was used in the window before
select model, {{ count() }} as message_count
from {{ messages('previous_start', 'start') }}
where model is not null
group by model

-- p95: the time that 95 % of a model's answers took at most
select model, duration_ms as p95_response_time_ms
from {{ nearest_rank('model', 0.95, response_times()) }}
where model is not null
