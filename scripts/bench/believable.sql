-- words: what chance is made of: the same dice for the same event, whenever and in whatever order
create or replace temp macro mixed(what, number, which) as
    hash((what::bigint * 512 + number + 8) * 2048 + which);
create or replace temp macro dice(what, number, which) as
    (mixed(what, number, which) >> 11) / 9007199254740992.0;
create or replace temp macro bell(what, number, which) as
    sqrt(-2 * ln(1 - dice(what, number, which))) * cos(6.283185307 * dice(what, number, which + 500));
create or replace temp macro lognormal(mu, sigma, what, number, which) as
    exp(mu + sigma * bell(what, number, which));
create or replace temp macro uuid_of(what, number) as
    (mixed(what, number, 1000)::uhugeint * 18446744073709551616::uhugeint
        + mixed(what, number, 1001)::uhugeint)::uuid::varchar;

create or replace temp macro one_of(choices, what, number, which) as
    choices[1 + floor(len(choices) * dice(what, number, which))::bigint];

-- sessions: who was there when, on what and with what
create or replace temp table sessions as
with people_days as (
    select
        s,
        -- Few are very active: a tenth of the people has a third of the sessions.
        floor($people * pow(dice(s, 0, 1), 2))::integer as person,
        floor($days * dice(s, 0, 2))::integer as day,
        isodow($first_day::timestamp + to_days(day)) >= 6 and dice(s, 0, 3) < 0.65 as rather_not
    from range($sessions) numbers(s)
),
started as (
    select
        s,
        person,
        -- Most of what would fall on a weekend is done on another day.
        $first_day::timestamp
            + to_days(case when not rather_not then day
                            else abs(day - 2 - floor(4 * dice(s, 0, 15))::integer) end)
            + to_microseconds((3.6e9 * (
                -- Nine to six by the clock of the person, who lives in one of three time zones.
                case when dice(s, 0, 4) < 0.85 then 9 + 9 * (dice(s, 0, 5) + dice(s, 0, 6)) / 2
                     else 24 * dice(s, 0, 5) end
                - [0, -6, 5.5][1 + person % 3]
            ))::bigint) as started
    from people_days
)
select
    *,
    -- 27 events on average; one session in a hundred reaches us hours late, from a laptop that slept.
    least(400, 1 + floor(lognormal(2.85, 0.9, s, 0, 7)))::integer as events,
    least(300, lognormal(3.2, 0.7, s, 0, 8)) as gap_seconds,
    case when dice(s, 0, 9) < 0.01 then to_seconds((43200 * dice(s, 0, 10))::bigint)
         else interval 0 seconds end as late,
    -- A quarter of the time people talk to each other, and not to models.
    case when s % 4 = 0
         then case when s < 16 * $people then s // 4
                   else floor(4 * $people * pow(dice(s, 0, 16), 2))::bigint end end as conversation,
    case when conversation is null and dice(s, 0, 11) > 0.04
         then 'project-' || (floor(32 * pow(dice(s, 0, 12), 2)) + person % 8)::integer end as project,
    case when dice(s, 0, 13) < 0.42 then 1 when dice(s, 0, 13) < 0.72 then 2
         when dice(s, 0, 13) < 0.87 then 3 when dice(s, 0, 13) < 0.97 then 4 else 5 end as model,
    one_of([null, null, null, 'explorer', 'reviewer', 'planner'], s, 0, 14) as agent
from started
order by started;

-- arrivals: what arrives from $since to $until, in the order in which it does
create or replace temp table arrivals as
select
    *,
    event_type = 'message.sent' and conversation is null and k % 9 in (1, 5) as answered,
    case when dice(s, k, 22) < 0.9 then model else 3 end as used
from (
    select
        *,
        -- A page, and then rounds of question, answer, tool, request and what apps and devices tell.
        -- In a conversation: coming, saying and reading, going.
        case when conversation is not null then
                 case when k = 0 and s = 4 * conversation
                          then 'conversation.created'
                      when k = 0 then 'user.online'
                      when k = 1 and dice(s, k, 34) < 0.25 then 'conversation.joined'
                      when k = 1 and dice(s, k, 34) < 0.3 then 'conversation.left'
                      when k = 1 and dice(s, k, 34) < 0.35 then 'user.registered'
                      when dice(s, k, 34) < 0.55 then 'message.sent'
                      when dice(s, k, 34) < 0.57 then 'message.edited'
                      when dice(s, k, 34) < 0.576 then 'message.deleted'
                      when dice(s, k, 34) < 0.96 then 'message.read'
                      when dice(s, k, 34) < 0.98 then 'file.uploaded'
                      else 'user.offline' end
             when k = 0 then 'page.viewed'
             when k % 9 = 8 then one_of(
                 ['page.viewed', 'user.activity', 'user.activity', 'user.activity',
                  'error.reported', 'job.finished', 'device.state_changed', 'device.metrics',
                  'metric.recorded', 'metric.recorded'], s, k, 34)
             else ['message.sent', 'message.sent', 'tool.used', 'api.request', 'message.sent',
                   'message.sent', 'tool.used', 'api.request', 'page.viewed'][k % 9 + 1]
        end as event_type,
        started + to_microseconds((1e6 * gap_seconds * (k + 0.8 * dice(s, k, 20)))::bigint)
            as timestamp,
        timestamp + late + to_microseconds((4e5 * pow(dice(s, k, 21), 2) + 3e3)::bigint)
            as received_at
    from (
        select *, unnest(range(events)) as k
        from sessions
        where started + late < $until::timestamp
            and started + late + to_seconds(events * gap_seconds + 1) >= $since::timestamp
    )
)
where received_at >= $since::timestamp and received_at < $until::timestamp
    and timestamp >= $oldest::timestamp
order by received_at, s, k;

-- events: all that there is to say about them
insert into events by name
with measured as (
    select
        *,
        rowid,
        case event_type
            when 'api.request' then
                case when dice(s, k, 23) < 0.93 then 200 when dice(s, k, 23) < 0.97 then 404
                     when dice(s, k, 23) < 0.98 then 429 else 500 end
        end::smallint as status_code,
        case event_type
            when 'user.activity' then one_of(['page_view', 'page_view', 'click', 'search'], s, k, 35)
            when 'error.reported' then one_of(['api', 'database', 'validation'], s, k, 35)
            when 'job.finished' then one_of(['backup', 'sync', 'thumbnail'], s, k, 35)
            when 'metric.recorded' then one_of(['jobs_done', 'queue_ms'], s, k, 35)
            when 'tool.used' then one_of(['read', 'edit', 'search', 'shell'], s, k, 32)
        end as category,
        case event_type
            when 'job.finished' then one_of(
                ['success', 'success', 'success', 'success', 'failed', 'timeout', 'cancelled'],
                s, k, 36)
            when 'error.reported' then one_of(['open', 'open', 'resolved'], s, k, 36)
            when 'device.state_changed' then one_of(['on', 'asleep', 'off'], s, k, 36)
        end as status,
        case event_type
            when 'api.request' then status_code >= 400
            when 'tool.used' then dice(s, k, 24) < 0.04
            when 'job.finished' then status in ('failed', 'timeout')
            when 'error.reported' then dice(s, k, 37) < 0.8
            else answered and dice(s, k, 24) < 0.012
        end as is_error,
        case when answered then lognormal(6.5, 1.0, s, k, 25)::bigint end as input_tokens,
        case when answered then lognormal(5.8, 0.9, s, k, 26)::bigint end as output_tokens,
        case when answered then least(180000, 8000 + 900 * k) end::bigint as cache_read_tokens,
        case when answered then lognormal(6.5, 0.8, s, k, 27)::bigint end as cache_write_tokens
    from arrivals
)
select
    $before::bigint + rowid + 1 as seq,
    uuid_of(s, k) as id,
    event_type,
    timestamp,
    'sent' as timestamp_basis,
    received_at,
    ['desktop', 'web', 'cli'][1 + person % 7 // 3] as source,
    'person-' || person as user_id,
    uuid_of(s, -1) as session_id,
    project as project_id,
    case when event_type not like 'user.%' then 'conversation-' || conversation end
        as conversation_id,
    case when event_type like 'device.%' then 'device-' || person % 25
         when person % 2 = 0 then uuid_of(person, -3) end as device_id,
    case when answered then lognormal(8.2, 0.8, s, k, 28)
         when event_type = 'tool.used' then lognormal(6.0, 1.2, s, k, 28)
         when event_type = 'api.request' then lognormal(4.2, 0.8, s, k, 28)
         when event_type = 'job.finished' then lognormal(7.5, 1.0, s, k, 28)
    end::decimal(18, 3) as duration_ms,
    status_code,
    is_error,
    case when is_error then coalesce('HTTP ' || status_code, 'it did not work') end
        as error_message,
    case when answered then 'assistant' when event_type = 'message.sent' then 'user' end as role,
    case when answered
         then ['claude-opus-4-6', 'claude-sonnet-4-6', 'claude-haiku-4-5', 'gpt-5',
               'llama3.3-local'][used] end as model,
    case when answered then agent end as agent,
    input_tokens,
    output_tokens,
    cache_read_tokens,
    cache_write_tokens,
    -- Nobody knows what the model that runs at home costs.
    case when answered and used < 5 then (
        input_tokens * [5, 3, 1, 1.25][used] + output_tokens * [25, 15, 5, 10][used]
        + cache_read_tokens * [0.5, 0.3, 0.1, 0.125][used]
        + cache_write_tokens * [6.25, 3.75, 1.25, 1.25][used]
    ) / 1e6 end::decimal(18, 9) as cost_usd,
    case when cost_usd is not null then 'priced' end as cost_basis,
    case when event_type = 'message.sent' and not answered
         then case when conversation is null or dice(s, k, 44) < 0.85 then 'text'
                   else one_of(['image', 'image', 'file', 'system'], s, k, 45) end
    end as message_type,
    case when event_type in ('message.sent', 'message.edited') and not answered
         then lognormal(4.5, 1.0, s, k, 29)::bigint end as message_length,
    -- What is changed was said just before, what is read in some other conversation of late.
    case event_type
        when 'message.sent' then case when conversation is not null then s || '-' || k end
        when 'message.edited' then s || '-' || (k - 1)
        when 'message.deleted' then s || '-' || (k - 1)
        when 'message.read' then (s - 4) || '-' || k
    end as message_id,
    case when event_type = 'user.registered' then 'Person ' || person end as username,
    case when event_type = 'conversation.created' then 'Talk ' || conversation end as title,
    case when event_type = 'conversation.created'
         then one_of(['direct', 'group', 'group', 'channel'], s, k, 46) end as conversation_type,
    case when event_type = 'api.request'
         then '/api/' || one_of(
             ['users', 'items', 'orders', 'search', 'login', 'files'], s, k, 30)
         when category = 'page_view'
         then '/' || one_of(['', 'projects', 'settings', 'help'], s, k, 30) end as endpoint,
    case when event_type = 'api.request' then one_of(['GET', 'POST'], s, k, 31) end as method,
    category,
    case when event_type = 'error.reported'
         then one_of(['critical', 'error', 'error', 'warning'], s, k, 38) end as severity,
    status,
    case category
        -- What was done since the beginning of the week, when its counter began anew.
        when 'jobs_done' then floor((epoch(timestamp) % 604800) / 60)
        when 'queue_ms' then lognormal(3.0, 0.9, s, k, 39)
    end as value,
    case event_type
        when 'user.registered' then '{"username": "' || username || '"}'
        when 'conversation.created'
        then '{"title": "' || title || '", "conversation_type": "' || conversation_type || '"}'
        when 'page.viewed'
        then '{"path": "/' || one_of(['', 'projects', 'settings'], s, k, 33) || '"}'
        when 'api.request'
        then '{"bytes_in": ' || floor(lognormal(6.0, 1.0, s, k, 40))::bigint
            || ', "bytes_out": ' || floor(lognormal(8.0, 1.0, s, k, 41))::bigint || '}'
        when 'user.activity'
        then case when category = 'search'
             then '{"search_query": "' || one_of(['roof', 'invoice', 'tax'], s, k, 33) || '"}' end
        when 'job.finished'
        then case when is_error
             then '{"error_code": "' || one_of(['E1', 'E2', 'E3'], s, k, 33) || '", "retry_count": 2}'
             else '{"retry_count": 0}' end
        when 'device.metrics'
        then '{"metrics": {"cpu": ' || floor(100 * dice(s, k, 42)) || ', "ram": '
            || floor(64 * dice(s, k, 43)) || '}}'
        when 'metric.recorded'
        then '{"metric_type": "' || if(category = 'jobs_done', 'counter', 'histogram')
            || '", "labels": {"host": "host-' || person % 3 || '"}}'
    end as metadata
from measured

-- shape: what came of it
select
    count(*) as events,
    count(distinct timestamp::date) as days,
    count(distinct user_id) as people,
    count(distinct session_id) as sessions,
    max(received_at) as ended
from events
