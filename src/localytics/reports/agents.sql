-- agents: the assistant messages of each agent
select
    coalesce(agent, 'unknown') as name,
    count(*) as usage_count,
    sum({{ tokens() }}) as total_tokens,
    {{ mean('duration_ms') }} as avg_response_time_ms,
    {{ count_if('is_error') }} as error_count,
    {{ share(count_if('is_error'), 'count(*)') }} as error_rate
from {{ messages() }}
where role = 'assistant'
group by all
order by usage_count desc, name
