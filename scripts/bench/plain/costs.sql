-- data_points[timestamp]: day by day
select
    date_trunc('day', timestamp) as timestamp,
    sum(cost_usd) as cost,
    count(*) as message_count
from events
where event_type = 'message.sent' and timestamp >= $start and timestamp < $end
group by all
order by 1

-- data_points[timestamp].cost_by_model[name]: day by day and by model
select
    date_trunc('day', timestamp) as timestamp,
    model as name,
    sum(cost_usd) as value
from events
where event_type = 'message.sent' and input_tokens is not null
    and timestamp >= $start and timestamp < $end
group by all
order by all

-- totals: of the window
select
    sum(cost_usd) as total_cost,
    avg(cost_usd) as average_cost_per_message,
    count(*) filter (cost_usd is null and input_tokens is not null) as unpriced_messages
from events
where event_type = 'message.sent' and timestamp >= $start and timestamp < $end

-- cost_by_model[name]: in all
select model as name, sum(cost_usd) as value
from events
where event_type = 'message.sent' and input_tokens is not null
    and timestamp >= $start and timestamp < $end
group by model
order by model

-- cost_by_project[name]: in all
select coalesce(project_id, 'unknown') as name, sum(cost_usd) as value
from events
where event_type = 'message.sent' and input_tokens is not null
    and timestamp >= $start and timestamp < $end
group by all
order by all
