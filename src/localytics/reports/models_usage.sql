-- models: each model of the window, beside the window before
select
    now.*,
    coalesce(before.message_count, 0) as previous_message_count
from (
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
) now
left join (
    select model, {{ count() }} as message_count
    from {{ messages('previous_start', 'start') }}
    where model is not null
    group by model
) before on before.model = now.model
order by now.message_count desc, now.model

-- p95: the time that 95 % of a model's answers took at most
select model, duration_ms as p95_response_time_ms
from {{ nearest_rank('model', 0.95, response_times()) }}
where model is not null
