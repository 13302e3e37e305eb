{#- Whenever somebody took a step; what can be several is there several times. -#}
{%- macro taken(columns) -%}
(
    select user_id, step, timestamp, known_by_day
    from {{ events_with(columns) }}
    join asked on {{ meets(columns) }}
    where user_id is not null
        and (step > 1 or timestamp < $ends::timestamp)
)
{%- endmacro -%}

{#- Whenever somebody took one step, the same several times if it is several: to compare with what
    is bound takes two thirds of what a join with the steps does. -#}
{%- macro taken_one(columns) -%}
(
    select user_id, timestamp
    from {{ events_with(columns) }}
    where event_type = $step_type::varchar and user_id is not null
        and ($step > 1 or timestamp < $ends::timestamp)
    {%- for column in columns %}
        and ($only_{{ column }}::varchar is null or {{ column }} = $only_{{ column }}::varchar)
    {%- endfor %}
)
{%- endmacro -%}

{#- The events of a stretch with these columns. Of what retention has removed the first and the last
    time of 15 minutes are left. -#}
{%- macro events_with(columns) -%}
(
    select event_type, user_id, timestamp {{- also(columns) }}
    from {{ raw('since', 'until') }}
    {%- if has_archive %}
    union all by name
    from (
        select
            event_type, user_id, unnest([first_at, last_at]) as timestamp
            {{- also(columns) }}
        from archive
        where first_at < $until::timestamp and last_at >= $since::timestamp
            and {{ filtered }}
    )
    where timestamp >= $since::timestamp and timestamp < $until::timestamp
    {%- endif %}
)
{%- endmacro -%}

{%- macro also(columns) -%}
{%- for column in columns if column != 'user_id' %}, {{ column }}{% endfor %}
{%- endmacro -%}

{%- macro meets(columns) -%}
step_type = event_type
{%- for column in columns %} and (step_{{ column }} is null or step_{{ column }} = {{ column }})
{%- endfor %}
{%- endmacro -%}

{#- Of each step and day the first and the last time that a person took it, from the events. #}
{%- macro spans_of(rows) -%}
    select {{ numbered('name') }} as user_id, step, first_at, last_at, n
    from (
        select
            user_id as name,
            step,
            count(*) as n,
            time_bucket(interval '1 day', timestamp) as day,
            min(timestamp) as first_at,
            max(timestamp) as last_at
        from {{ rows }}
        group by all
    )
{%- endmacro -%}

{#- When people of `walkers` come to the step, from when on they may: at `sure_at`, unless earlier on
    that day, but then at `doubt_at` at the latest. Of one or two times on a day both are known. Who
    never comes is missing. #}
{%- macro reach(walkers) -%}
create or replace temp table reach as
select
    user_id,
    may_at,
    any_value(started_at) as started_at,
    any_value(previous_at) as previous_at,
    min(case when first_at >= may_at then first_at when n <= 2 then last_at end) as sure_at,
    min(last_at) filter (first_at < may_at and n > 2) as doubt_at
from {{ walkers }}
join (select user_id, first_at, last_at, n from spans where step = $step::bigint) using (user_id)
where last_at >= may_at
group by user_id, may_at
{%- endmacro -%}

{#- When people took the step on the days on which they are in doubt. #}
{%- macro look_up(columns) -%}
insert into doings by name
select user_id, $step::bigint as step, timestamp, day
from (
    select
        {{ numbered('user_id') }} as user_id,
        timestamp,
        time_bucket(interval '1 day', timestamp) as day
    from {{ taken_one(columns) }}
)
join {{ doubts() }} using (user_id, day)
{%- endmacro -%}

{%- macro doubts() -%}
(
    select distinct user_id, time_bucket(interval '1 day', may_at) as day
    from reach
    where doubt_at is not null
)
{%- endmacro -%}

{#- All steps from then on of those who were late, and may be in time if they start later. Steps are
    rare among events: a number is made of each name, and not of each step. #}
{%- macro rest(columns) -%}
create or replace temp table rest as
with found as materialized (
    select user_id as name, step, timestamp from {{ taken(columns) }}
),
late as (
    select name, user_id, may_at
    from (select name, {{ numbered('name') }} as user_id from (select distinct name from found))
    join (
        select user_id, reached_at - to_hours($within_hours::bigint) as may_at
        from walks
        where way = $way::bigint and is_late
    ) using (user_id)
)
select user_id, step, timestamp
from found
join late using (name)
where timestamp >= may_at
{%- endmacro -%}

{#- What there is to be said of those who came to the step. #}
{%- macro walked() -%}
    user_id,
    $way::bigint as way,
    $step::bigint as step,
    coalesce(started_at, reached_at) as started_at,
    previous_at,
    reached_at,
    reached_at > coalesce(started_at, reached_at) + to_hours($within_hours::bigint) as is_late
{%- endmacro -%}

{%- set every = ['project_id', 'user_id', 'session_id', 'conversation_id', 'device_id', 'source',
                 'model', 'agent'] %}

-- asked: the steps, each with what narrows it, and whether presence tells who took it on a day
create or replace temp table asked as
select
    unnest(range(1, len($event_types::varchar[]) + 1)) as step,
    unnest($event_types::varchar[]) as step_type,
    unnest($known_by_day::boolean[]) as known_by_day
    {%- for column in every %},
    unnest($step_{{ column }}::varchar[]) as step_{{ column }}
    {%- endfor %}

-- spans: when people took which step, first and last on each day
create or replace temp table spans as
select user_id, step, first_at, last_at, n
from {{ presence(among='event_types') }}
join asked on {{ meets(['source']) }}
where known_by_day and (step > 1 or first_at < $starts_until::timestamp)

-- edges: the same of what lies before these days, or after them
insert into spans by name
{{ spans_of('(from ' ~ taken(['source']) ~ '
             where known_by_day and step between $from_step::bigint and $to_step::bigint)') }}

-- narrowed: the same of steps that only events know
insert into spans by name
{{ spans_of('(from ' ~ taken(every) ~ ' where not known_by_day)') }}

-- doings: what has been looked up
create or replace temp table doings as
select user_id, step, first_at as timestamp, first_at as day from spans limit 0

-- first: the first start of each person
create or replace temp table walks as
select
    user_id,
    1::bigint as way,
    1::bigint as step,
    min(first_at) as started_at,
    null::timestamp as previous_at,
    min(first_at) as reached_at,
    false as is_late
from spans
where step = 1
group by user_id

-- again: whoever came to a step too late starts again, just late enough to be there in time
{{ reach('(
    select
        user_id, reached_at - to_hours($within_hours::bigint) as may_at,
        null::timestamp as started_at, null::timestamp as previous_at
    from walks
    where way = $way::bigint - 1 and is_late
)') }}

-- next: from the step before, of those who were there in time
{{ reach('(
    select
        user_id, reached_at + to_microseconds($later::bigint) as may_at,
        started_at, reached_at as previous_at
    from walks
    where way = $way::bigint and step = $step::bigint - 1 and not is_late
)') }}

-- doubtful: whether anybody is in doubt
select exists(select 1 from reach where doubt_at is not null) as doubtful

-- doubts: the days of which somebody is, and whether all of them have been looked up
select day, bool_and(doings.user_id is not null) as is_known
from {{ doubts() }} doubts
left join (select distinct user_id, day from doings where step = $step::bigint) doings
    using (user_id, day)
group by day
order by day

-- look_up: of some days
{{ look_up(every) }}

-- reached: when they came to the step
insert into walks by name
select {{ walked() }}
from (select *, sure_at as reached_at from reach)

-- reached_surely: the same where some had to be looked up
insert into walks by name
select {{ walked() }}
from (
    select
        reach.user_id, started_at, previous_at,
        least(any_value(sure_at), any_value(doubt_at), min(doings.timestamp)) as reached_at
    from reach
    left join (select user_id, timestamp from doings where step = $step::bigint) doings
        on doings.user_id = reach.user_id and doings.timestamp >= reach.may_at
    group by reach.user_id, started_at, previous_at
)

-- late: how many came too late to go on, and of how many events all their ways would be looked for
select count(*) as people, coalesce((select sum(n) from spans), 0)::bigint as events
from walks
where way = $way::bigint and is_late

-- rest: all that those do from then on who were late
{{ rest(['source']) }}

-- rest_narrowed: the same where steps are narrowed
{{ rest(every) }}

-- starts: all of theirs
create or replace temp table ways as
select distinct
    user_id,
    1::bigint as step,
    timestamp as started_at,
    null::timestamp as previous_at,
    timestamp as reached_at
from rest
where step = 1

-- onward: from each of these to the next step, in time
insert into ways by name
select
    ways.user_id, $step::bigint as step, started_at, reached_at as previous_at,
    rest.timestamp as reached_at
from (from ways where step = $step::bigint - 1) ways
asof join (from rest where step = $step::bigint) rest
    on rest.user_id = ways.user_id
    and rest.timestamp >= ways.reached_at + to_microseconds($later::bigint)
where rest.timestamp <= started_at + to_hours($within_hours::bigint)

-- furthest: the first of these that got furthest
insert into walks by name
select user_id, $way::bigint as way, step, started_at, previous_at, reached_at, false as is_late
from ways
join (
    select user_id, arg_min(started_at, (-step, started_at)) as started_at
    from ways
    group by user_id
) using (user_id, started_at)

-- steps: how many people got to each on the first way that got furthest, and how long it took them
with timely as (from walks where not is_late)
select
    step,
    count(*) as users,
    {{ quantile('(epoch_us(reached_at) - epoch_us(previous_at)) / 1000', 0.5) }}
        as median_ms_from_previous,
    case when step > 1
         then {{ quantile('(epoch_us(reached_at) - epoch_us(started_at)) / 1000', 0.5) }}
    end as median_ms_from_first
from timely
join (
    select user_id, arg_min(way, (-step, way)) as way from timely group by user_id
) using (user_id, way)
group by step

-- archived: whether not all is known any more of the events that were looked for
select exists(
    select 1 from archive
    join (
        select unnest($looked_since::timestamp[]) as since,
               unnest($looked_until::timestamp[]) as until
    ) on first_at < until and last_at >= since
    where n > 2 and event_type in (select unnest($event_types::varchar[]))
) as archived
