-- totals: of the whole window
select
    {{ count() }} as total_messages,
    {{ tokens() }} as total_tokens,
    {{ mean('duration_ms') }} as avg_response_time_ms
from {{ messages() }}

-- sessions: of the whole window
select {{ uniq('session_id') }} as total_sessions
from {{ messages() }}

-- days: messages of each day
select
    bucket as timestamp,
    {{ count() }} as messages,
    {{ tokens() }} as tokens
from {{ timed(messages()) }}
group by bucket

-- sessions_of_days: with a message on each day
select bucket as timestamp, {{ uniq('session_id') }} as sessions
from {{ timed(messages()) }}
group by bucket
