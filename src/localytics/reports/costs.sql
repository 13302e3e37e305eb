-- points: the cost of each bucket
select
    bucket as timestamp,
    {{ cost() }} as cost,
    {{ count() }} as message_count
from {{ timed(messages()) }}
group by bucket

-- models_of_points: what each model cost in each bucket
select
    bucket as timestamp,
    coalesce(model, 'unknown') as name,
    {{ cost() }} as cost
from {{ timed(messages()) }}
where {{ billed() }}
group by all
order by name

-- totals: of the whole window
select
    {{ cost() }} as total_cost,
    {{ mean('cost_usd') }} as average_cost_per_message,
    {{ unpriced() }} as unpriced_messages
from {{ messages() }}

-- models: what each model cost
select
    coalesce(model, 'unknown') as name,
    {{ cost() }} as cost
from {{ messages() }}
where {{ billed() }}
group by all
order by name

-- projects: what each project cost
select
    coalesce(project_id, 'unknown') as name,
    {{ cost() }} as cost
from {{ messages() }}
where {{ billed() }}
group by all
order by name
