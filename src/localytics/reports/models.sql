-- models: messages and tokens of each model
select
    model as model_id,
    {{ count() }} as usage_count,
    {{ tokens() }} as total_tokens
from {{ messages() }}
where model is not null
group by model
order by usage_count desc, model_id
