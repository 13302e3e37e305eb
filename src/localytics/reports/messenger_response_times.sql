{%- macro kept(turns) -%}
create or replace temp table turns as
select *, responder is null and last_at > $waiting_since::timestamp as is_waiting
from {{ turns }}
where $responder::varchar is null or responder = $responder
{%- endmacro -%}

-- again: messages that were sent more than once, so many at most
select message_id
from {{ again() }}
limit $most::bigint

-- turns: all that ended in the window, each with who answered it when, if somebody did in time
{{ kept(turns('until')) }}

-- turns_one_by_one: the same where many messages were sent again
{{ kept(turns('until', one_by_one=true)) }}

-- totals: over all of them
select
    count(*) filter (not is_waiting) as turns,
    count(responder) as answered,
    count(*) filter (responder is null and not is_waiting) as unanswered,
    count(*) filter (is_waiting) as waiting,
    {{ quantile('response_ms', 0.5) }} as median_response_ms,
    {{ quantile('response_ms', 0.95) }} as p95_response_ms
from turns

-- conversations: those with most turns
select
    conversation_id,
    count(*) filter (not is_waiting) as turns,
    count(responder) as answered,
    count(*) filter (responder is null and not is_waiting) as unanswered,
    {{ quantile('response_ms', 0.5) }} as median_response_ms,
    {{ quantile('response_ms', 0.95) }} as p95_response_ms
from turns
group by conversation_id
having count(*) filter (not is_waiting) > 0
order by turns desc, conversation_id
limit $limit::bigint

-- responders: those who answered most
select
    responder as user_id,
    count(*) as answered,
    {{ quantile('response_ms', 0.5) }} as median_response_ms,
    {{ quantile('response_ms', 0.95) }} as p95_response_ms
from turns
where responder is not null
group by responder
order by answered desc, user_id
limit $limit::bigint
