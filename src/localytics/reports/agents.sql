-- agents: the assistant messages of each agent
select
    coalesce(agent, 'unknown') as name,
    {{ count() }} as usage_count,
    {{ tokens() }} as total_tokens,
    {{ mean('duration_ms') }} as avg_response_time_ms,
    {{ errors() }} as error_count,
    {{ share(errors(), count()) }} as error_rate
from {{ messages() }}
where role = 'assistant'
group by all
order by usage_count desc, name
