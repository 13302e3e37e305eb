-- totals: how many there are
select count(distinct session_id) as total_sessions
from events
where timestamp >= $start and timestamp < $end

-- sessions[session_id]: the newest hundred
with page as (
    select session_id, min(timestamp) as start
    from events
    where session_id is not null and timestamp >= $start and timestamp < $end
    group by session_id
    order by start desc, session_id desc
    limit 100
)
select
    session_id,
    arg_max(project_id, timestamp) as project_id,
    min(timestamp) as start,
    max(timestamp) as "end",
    count(*) filter (event_type = 'message.sent') as messages,
    coalesce(sum(input_tokens) + sum(output_tokens)
        + sum(cache_read_tokens) + sum(cache_write_tokens), 0) as tokens,
    case when count(*) filter (input_tokens is not null) = 0 then 0 else sum(cost_usd) end as cost,
    coalesce(list_sort(list(distinct model) filter (model is not null)), []) as models
from events
where session_id in (select session_id from page)
    and timestamp >= (select min(start) from page)
    and timestamp >= $start and timestamp < $end
group by session_id
order by start desc, session_id desc
