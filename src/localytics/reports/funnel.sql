{#- The steps, each with what narrows it. #}
{%- set columns = ['project_id', 'user_id', 'session_id', 'conversation_id', 'device_id', 'source',
                   'model', 'agent'] %}
{%- macro steps(narrowed) -%}
(
    select
        unnest(range(1, len($event_types::varchar[]) + 1)) as step,
        unnest($event_types::varchar[]) as step_type
        {%- if narrowed %}{% for column in columns %},
        unnest($step_{{ column }}::varchar[]) as step_{{ column }}
        {%- endfor %}{% endif %}
)
{%- endmacro -%}

{#- The events that are steps of somebody; one that can be several is there several times. #}
{%- macro taken(since, until, narrowed) -%}
(
    select user_id, step, timestamp, seq
    from {{ raw(since, until) }}
    join {{ steps(narrowed) }} on step_type = event_type
    {%- if narrowed %}{% for column in columns %}
        and (step_{{ column }} is null or step_{{ column }} = {{ column }})
    {%- endfor %}{% endif %}
    where user_id is not null and (step > 1 or timestamp < $end::timestamp)
)
{%- endmacro -%}

{#- Of each step and day the first and the last time that a person took it, from the events. #}
{%- macro spans(rows) -%}
    select {{ numbered('name') }} as user_id, step, first_at, last_at
    from (
        select
            user_id as name,
            step,
            time_bucket(interval '1 day', timestamp) as day,
            min(timestamp) as first_at,
            max(timestamp) as last_at
        from {{ rows }}
        group by all
    )
{%- endmacro -%}

{#- The events of those of whom days do not tell enough. #}
{%- macro doings(narrowed) -%}
    select user_id, step, timestamp, seq
    from {{ taken('start', 'until', narrowed) }}
    where {{ numbered('user_id') }} in (select user_id from unsettled)
{%- endmacro %}

-- spans: when people took which step; whole days are read from what is there of them
create or replace temp table spans as
select user_id, step, first_at, last_at
from {{ presence(among='event_types') }}
join {{ steps(false) }} on step_type = event_type
union all
{{ spans(taken('start', 'from_day', false)) }}
union all
{{ spans(taken('to_day', 'until', false)) }}

-- narrowed_spans: the same of steps that only events know
create or replace temp table spans as
{{ spans(taken('start', 'until', true)) }}

-- first: the first start of each person
create or replace temp table walks as
select
    user_id,
    1::bigint as step,
    min(first_at) as started_at,
    null::timestamp as previous_at,
    min(first_at) as reached_at,
    false as unsure
from spans
where step = 1
group by user_id

-- next: from there to the next step; unsure where a day has it before and after
insert into walks by name
select
    user_id,
    step + 1 as step,
    any_value(started_at) as started_at,
    any_value(walks.reached_at) as previous_at,
    min(first_at) as reached_at,
    bool_or(first_at <= walks.reached_at) as unsure
from walks
join (select user_id, first_at, last_at from spans where step = $step::bigint) using (user_id)
where step = $step::bigint - 1 and not unsure and last_at >= walks.reached_at
group by user_id, step

-- unsettled: those who got further than in time on this way, or nobody knows how far from their days
create or replace temp table unsettled as
select distinct user_id
from walks
where unsure or reached_at > started_at + to_hours($within_hours::bigint)

-- doings: all steps of theirs
create or replace temp table doings as
{{ doings(false) }}

-- narrowed_doings: the same of steps that only events know
create or replace temp table doings as
{{ doings(true) }}

-- last: the last step ends every way
create or replace temp table ways as
select user_id, timestamp, seq, [timestamp] as times
from doings
where step = $step::bigint

-- before: each step, with the way on from it
create or replace temp table longer_ways as
select user_id, timestamp, seq, list_prepend(timestamp, coalesce(way, [])) as times
from (
    select
        user_id,
        timestamp,
        seq,
        times is null as is_step,
        first_value(times ignore nulls) over (
            partition by user_id
            {#- What is both steps at once is no way on from itself. #}
            order by timestamp, seq, times is null
            rows between 1 following and unbounded following
        ) as way
    from (
        select user_id, timestamp, seq, times from ways
        union all
        select user_id, timestamp, seq, null from doings where step = $step::bigint
    )
)
where is_step

-- shorter: of each step what can be reached from it in time
create or replace temp table ways as select * from longer_ways

-- settled: of all the starts of a person the first that got furthest
insert into walks by name
select
    user_id,
    step,
    times[1] as started_at,
    times[step - 1] as previous_at,
    times[step] as reached_at,
    false as unsure
from (
    select user_id, times, unnest(range(1, len(times) + 1)) as step
    from (
        select {{ numbered('user_id') }} as user_id, arg_min(times, (-len(times), timestamp, seq)) as times
        from (
            select
                user_id,
                timestamp,
                seq,
                list_filter(
                    times, lambda time: time <= timestamp + to_hours($within_hours::bigint)
                ) as times
            from ways
        )
        group by user_id
    )
)

-- doubtful: what is not known for sure, or too late
delete from walks where unsure or reached_at > started_at + to_hours($within_hours::bigint)

-- discard: the ways of those who are not settled by their days
delete from walks where user_id in (select user_id from unsettled)

-- steps: how many people got to each, and how long it took them
select
    step,
    count(*) as users,
    {{ quantile('(epoch_us(reached_at) - epoch_us(previous_at)) / 1000', 0.5) }} as median_ms_from_previous,
    case when step > 1
         then {{ quantile('(epoch_us(reached_at) - epoch_us(started_at)) / 1000', 0.5) }}
    end as median_ms_from_first
from walks
group by step

-- archived: whether any of the events that this needed has been removed
select exists(
    select 1 from archive
    where list_contains($event_types::varchar[], event_type)
        and first_at < $until::timestamp and last_at >= $start::timestamp
        and ($of_events::boolean or first_at < $from_day::timestamp or last_at >= $to_day::timestamp)
) as archived
