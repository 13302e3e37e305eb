-- totals: of all events, and of those that are messages
select
    count(*) as total_events,
    count(*) filter (event_type = 'message.sent') as total_messages,
    sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens) as total_tokens,
    sum(cost_usd) as total_cost,
    avg(duration_ms) filter (event_type = 'message.sent') as avg_response_time_ms
from events
where timestamp >= $start and timestamp < $end

-- totals: sessions
select count(distinct session_id) as total_sessions
from events
where timestamp >= $start and timestamp < $end

-- totals: projects
select count(distinct project_id) as total_projects
from events
where timestamp >= $start and timestamp < $end

-- totals: users
select count(distinct user_id) as total_users
from events
where timestamp >= $start and timestamp < $end

-- totals: sessions that were active at the end
select count(distinct session_id) as active_sessions
from events
where timestamp >= $end - interval 7 days and timestamp < $end

-- previous: of all events, and of those that are messages, in the window before
select
    count(*) as total_events,
    count(*) filter (event_type = 'message.sent') as total_messages,
    coalesce(sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens), 0) as total_tokens,
    coalesce(sum(cost_usd), 0) as total_cost,
    avg(duration_ms) filter (event_type = 'message.sent') as avg_response_time_ms
from events
where timestamp >= $previous_start and timestamp < $start

-- previous: sessions, in the window before
select count(distinct session_id) as total_sessions
from events
where timestamp >= $previous_start and timestamp < $start

-- previous: projects, in the window before
select count(distinct project_id) as total_projects
from events
where timestamp >= $previous_start and timestamp < $start

-- previous: users, in the window before
select count(distinct user_id) as total_users
from events
where timestamp >= $previous_start and timestamp < $start

-- most_active_project: the project with most messages
select project_id as value
from events
where event_type = 'message.sent' and project_id is not null
    and timestamp >= $start and timestamp < $end
group by project_id
order by count(*) desc, project_id
limit 1

-- most_used_model: the model with most messages
select model as value
from events
where event_type = 'message.sent' and model is not null
    and timestamp >= $start and timestamp < $end
group by model
order by count(*) desc, model
limit 1

-- summary[event_type]: by type
select
    event_type,
    count(*) as count,
    avg(duration_ms) as avg_duration_ms,
    count(*) filter (is_error) as error_count
from events
where timestamp >= $start and timestamp < $end
group by event_type
order by event_type
