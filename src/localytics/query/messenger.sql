{#- What reports about a messenger may call, beside macros.sql. All of it is read from the rollups
    `messenger_*`, and so is exact also of what retention has removed.

    A message is a `message.sent` that names a conversation; it is called by its `message_id`, or
    else by its id, and is the one of that name of its `source`, for apps number theirs alike. One
    that a `message.deleted` names is in none of these relations, whenever that came. Messages, and
    conversations where they are only counted, are numbers here.

    To look at each takes long where they are many. So it is told from what is known of them by the
    hour, where that says the same, unless they are one person's, of one conversation or of a few
    days. #}

{%- set many_talks = by_hour and 'conversation_id' not in filters -%}
{%- set many_messages = many_talks and long and 'user_id' not in filters -%}

{%- macro deleted() -%}
(
select source, message_id
from {{ rolled('messenger_deleted', 'ever', 'forever', filtered=false) }}
)
{%- endmacro %}

{#- The hour that all of a row lies in; in half the time that it takes `time_bucket`. #}
{%- macro hour() -%} date_trunc('hour', timestamp) {%- endmacro %}

{#- Whether two rows are about one message. None is a source as well. #}
{%- macro same_message(one, other) -%}
{{ one }}.message_id = {{ other }}.message_id
    and {{ one }}.source is not distinct from {{ other }}.source
{%- endmacro %}

{#- The messages of a window, those that were deleted as well; `talk` is the number of the hour of a
    conversation. #}
{%- macro ever_sent(start='start', end='end', without=none) -%}
(
select {{ hour() }} as hour, hash(hour, conversation_id) as talk, *
from {{ rolled('messenger_sent', start, end, without=without) }}
where conversation_id is not null
)
{%- endmacro %}

{#- The messages of a window, `n` of each. `without` is a filter that does not narrow them. #}
{%- macro sent(start='start', end='end', without=none) -%}
(
select messages.*
from {{ ever_sent(start, end, without) }} messages
anti join {{ deleted() }} deleted on {{ same_message('messages', 'deleted') }}
)
{%- endmacro %}

{#- How many messages there are in a window, the sum of `n`, by the type and the length that the latest
    edit says which says one; of edits of one instant the longer, and the last by name. It is all
    messages, less those that were deleted or edited, and these anew: they are few, and found by
    their numbers alone, which is far quicker than to tell those of one name apart. #}
{%- macro edited(start='start', end='end') -%}
(
with deleted as materialized (from {{ deleted() }}),
edits as materialized (
    select
        source,
        message_id,
        arg_max(message_type, (last_at, message_type)) as message_type,
        arg_max(message_length, (last_at, message_length)) as message_length
    from {{ rolled('messenger_edited', 'ever', 'forever', filtered=false) }}
    group by source, message_id
),
changed as materialized (
    select source, message_id, message_type, message_length, n
    from {{ ever_sent(start, end) }}
    {%- if many_messages %}
    where message_id in (
        select message_id from deleted union all select message_id from edits
    )
    {%- endif %}
)
{%- if many_messages %}
select message_type, message_length, n
from {{ ever_sent(start, end) }}
union all by name
select message_type, message_length, -n as n
from changed
union all by name
{%- endif %}
select
    coalesce(edits.message_type, changed.message_type) as message_type,
    coalesce(edits.message_length, changed.message_length) as message_length,
    n
from changed
anti join deleted on {{ same_message('changed', 'deleted') }}
left join edits on {{ same_message('changed', 'edits') }}
)
{%- endmacro %}

{#- What each person said in each hour of each conversation of a window, a row for each or several
    of them: how many messages, and when the first and the last was, deleted ones as well. #}
{%- macro talks(start='start', end='end', without=none) -%}
(
select {{ hour() }} as hour, *
from {{ rolled('messenger_talks', start, end, without=without) }}
where conversation_id is not null
)
{%- endmacro %}

{#- How many messages there are in a window, the sum of `n`: those of each hour, which are far fewer
    rows, less those that were deleted. #}
{%- macro counts(start='start', end='end') -%}
(
{%- if many_messages %}
with deleted as materialized (from {{ deleted() }})
select conversation_id, user_id, first_at, n
from {{ talks(start, end) }}
union all by name
select conversation_id, user_id, first_at, -n as n
from (
    from {{ ever_sent(start, end) }}
    where message_id in (select message_id from deleted)
) messages
semi join deleted on {{ same_message('messages', 'deleted') }}
{%- else %}
from {{ sent(start, end) }}
{%- endif %}
)
{%- endmacro %}

{#- The messages that each person has read in a window: once each, however often they say so. #}
{%- macro read_by(start='start', end='end') -%}
(
select distinct user_id, source, message_id
from {{ rolled('messenger_read', start, end) }} receipts
anti join {{ deleted() }} deleted on {{ same_message('receipts', 'deleted') }}
)
{%- endmacro %}

{#- Who is in which conversation at an instant. Whoever created or joined it is, until they leave
    it later than they last did; at the same instant they have left. Who never did either is from
    their last message on, by the same rule. #}
{%- macro members(end='end', among=none) -%}
{%- set narrowed %}
    {%- if among %} and conversation_id in (select unnest(${{ among }}::varchar[])){% endif %}
{%- endset -%}
(
select conversation_id, user_id
from (
    select
        conversation_id, user_id,
        max(joined_at) as joined_at, max(left_at) as left_at, max(sent_at) as sent_at
    from (
        select conversation_id, user_id, last_at as joined_at
        from {{ rolled('messenger_created', 'ever', end) }}
        union all by name
        select conversation_id, user_id, last_at as joined_at
        from {{ rolled('messenger_joined', 'ever', end) }}
        union all by name
        select conversation_id, user_id, last_at as left_at
        from {{ rolled('messenger_left', 'ever', end) }}
        union all by name
        select {{ numbered('conversation_id') }} as conversation_id, user_id, max(last_at) as sent_at
        from {{ sent('ever', end) }}
        where user_id is not null {{- narrowed }}
        group by all
    )
    where user_id is not null
        {%- if among %}
        and conversation_id in (
            select {{ numbered('named') }}
            from (select unnest(${{ among }}::varchar[]) as named)
        )
        {%- endif %}
    group by conversation_id, user_id
)
where coalesce(joined_at, sent_at) > coalesce(left_at, timestamp '-infinity')
)
{%- endmacro %}

{#- What each of some people or conversations is called, by the latest event that says it; of
    several of one instant the last by name. #}
{%- macro called(column, of, among) -%}
(
    select
        listed.{{ of }},
        arg_max(names.{{ column }}, (names.last_at, names.{{ column }})) as {{ column }}
    from (select unnest(${{ among }}::varchar[]) as {{ of }}) listed
    join {{ rolled('messenger_' ~ column, 'ever', 'forever', filtered=false) }} names
        on names.{{ of }} = {{ numbered('listed.' ~ of) }}
    where names.{{ column }} is not null
    group by listed.{{ of }}
)
{%- endmacro %}

{#- Messages that somebody sent to a conversation more than once, which is seldom: of all that ever
    were, or of those of which an event past `$after` is. By their numbers alone they are looked for
    first, which is far quicker than to tell all of one name apart. #}
{%- macro again() -%}
(
select distinct message_id
from (
    select message_id
    from {{ rolled('messenger_sent', 'ever', 'forever', filtered=false) }}
    where message_id in (
        select message_id
        from {{ rolled('messenger_sent', 'ever', 'forever', filtered=false) }}
        where $after::bigint = 0 or message_id in (
            select {{ numbered('message_id') }} from events
            where $after > 0 and seq > $after and event_type = 'message.sent'
        )
        group by message_id
        having sum(n) > 1
    )
    group by source, conversation_id, user_id, message_id
    having sum(n) > 1
)
)
{%- endmacro %}

{#- What people said in a row: messages of one person with nobody else's between them, each within
    `$max_hours` of the one before, by when the last was, which lies in the window. Who said
    something else within `$max_hours` of that is the first to respond. Of what is said at one
    instant the person whose id comes first was first, and a message sent twice is the first.

    Most hours of a conversation are one person's, who pauses for no hour in it: its first message
    and its last say all of such an hour, which is put in order as one. Messages are looked at only
    in hours that are odd: in which several people said something, the first or the last message
    was deleted, or there is one of those that were sent `$again`. An hour of a conversation goes by
    a number here; where two had the same, both would be odd, or neither. What is narrowed to one
    conversation, or by what is not known by the hour, is looked at as a whole, and so is all of it
    where that is to be `one_by_one`. They are put in order by the numbers of their conversations
    first, which is quicker than by long names. #}
{%- macro turns(until, one_by_one=false) -%}
{%- set by_talks = many_talks and not one_by_one -%}
(
with deleted as materialized (from {{ deleted() }}),
{%- if by_talks %}
hours as materialized (
    select
        hash(hour, conversation_id) as talk, conversation_id,
        min(user_id) as user_id, min(user_id) <> max(user_id) as is_shared,
        min(first_at) as first_at, max(last_at) as last_at
    from {{ talks('start', until, without='user_id') }}
    where user_id is not null
    group by hour, conversation_id
),
odd as materialized (
    select talk from hours where is_shared
    union all
    select talk
    from hours
    join (
        select
            talk, first_at, last_at,
            message_id in (select unnest($again::ubigint[])) as is_again
        from {{ ever_sent('start', until, without='user_id') }}
        where message_id in (
            select message_id from deleted union all select unnest($again::ubigint[])
        )
    ) found using (talk)
    where is_again or found.first_at <= hours.first_at or found.last_at >= hours.last_at
),
{%- endif %}
looked_at as materialized (
    select conversation_id, user_id, source, message_id, first_at
    from {{ ever_sent('start', until, without='user_id') }}
    {%- if by_talks %}
    semi join odd using (talk)
    {%- endif %}
    where user_id is not null
),
told as (
    select conversation_id, user_id, min(first_at) as first_at, min(first_at) as last_at
    from looked_at
    anti join deleted on {{ same_message('looked_at', 'deleted') }}
    group by conversation_id, user_id, source, message_id
    {%- if by_talks %}
    union all by name
    select conversation_id, user_id, first_at, last_at
    from hours
    anti join odd using (talk)
    {%- endif %}
)
select
    conversation_id,
    last_at,
    case when in_time then next_person end as responder,
    case when in_time then (epoch_us(next_at) - epoch_us(last_at)) / 1000 end as response_ms
from (
    select
        *,
        lead(user_id) over talk as next_person,
        lead(first_at) over talk as next_at,
        coalesce(next_at <= last_at + to_hours($max_hours::bigint), false) as in_time
    from told
    window talk as (partition by hash(conversation_id), conversation_id order by first_at, user_id)
)
where last_at < $end::timestamp and not (in_time and next_person = user_id)
)
{%- endmacro %}
