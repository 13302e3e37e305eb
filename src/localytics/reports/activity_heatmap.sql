-- cells: messages of each hour of the week in which there are any
select
    {{ day_of_week('local') }} as day_of_week,
    {{ hour_of_day('local') }} as hour,
    {{ count() }} as count,
    {{ mean('cost_usd') }} as avg_cost,
    {{ mean('duration_ms') }} as avg_response_time
from {{ timed(messages()) }}
group by all
