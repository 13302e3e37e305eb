-- messages: how many each day
select bucket as timestamp, {{ count() }} as value
from {{ timed(messages()) }}
group by bucket

-- costs: of each day
select bucket as timestamp, {{ cost() }} as value
from {{ timed(messages()) }}
group by bucket

-- sessions: with a message, of each day
select bucket as timestamp, {{ uniq('session_id') }} as value
from {{ timed(messages()) }}
group by bucket

-- tokens: of each day
select bucket as timestamp, {{ tokens() }} as value
from {{ timed(messages()) }}
group by bucket

-- response_time: the mean of each day
select bucket as timestamp, {{ mean('duration_ms') }} as value
from {{ timed(messages()) }}
group by bucket

-- errors: events of any type that failed, each day
select bucket as timestamp, {{ errors() }} as value
from {{ timed(events()) }}
group by bucket
