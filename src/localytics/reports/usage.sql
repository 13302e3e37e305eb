-- totals: of the whole window
select
    {{ count() }} as total_messages,
    {{ tokens() }} as total_tokens,
    {{ uniq('session_id') }} as total_sessions,
    {{ mean('duration_ms') }} as avg_response_time_ms
from {{ messages() }}

-- days: messages of each day
select
    bucket as timestamp,
    {{ count() }} as messages,
    {{ tokens() }} as tokens,
    {{ uniq('session_id') }} as sessions
from {{ timed(messages()) }}
group by bucket
