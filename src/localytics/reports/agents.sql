-- agents: the assistant messages of each agent
select
    coalesce(agent, 'unknown') as name,
    {{ count() }} as usage_count,
    {{ tokens() }} as total_tokens,
    {{ mean('duration_ms') }} as avg_response_time_ms,
    {{ errors() }} as error_count
from {{ messages() }}
where role = 'assistant'
group by all

-- failures: what came in place of a message, by agent
select coalesce(agent, 'unknown') as name, {{ count() }} as count
from {{ events() }}
where event_type = 'message.failed' and role = 'assistant'
group by all
