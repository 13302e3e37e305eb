{#- What reports about a messenger may call, beside macros.sql.

    A message is a `message.sent` that names a conversation; it is called by its `message_id`, or
    else by its id. One that a `message.deleted` names is in none of these relations, whenever that
    came. A row is one event, or from the archive the sum of several that retention has removed;
    messages that were deleted later than that are still in there. #}

{%- macro within(column, start, end) -%}
{%- if start %} and {{ column }} >= ${{ start }}::timestamp{% endif %}
{%- if end %} and {{ column }} < ${{ end }}::timestamp{% endif %}
{%- for filter in filters %} and {{ filter }} = ${{ filter }}{% endfor %}
{%- endmacro -%}

{%- macro deleted() -%}
(
    select message_id from events
    where event_type = 'message.deleted' and message_id is not null
)
{%- endmacro %}

{#- The messages of a window; what is `edited` with the type and the length that the latest edit
    says which says one. #}
{%- macro sent(start='start', end='end', edited=false) -%}
(
select
    timestamp, user_id, conversation_id,
    1::bigint as n,
    {%- if edited %}
    coalesce(edits.message_type, messages.message_type) as message_type,
    coalesce(edits.message_length, messages.message_length) as message_length,
    (coalesce(edits.message_length, messages.message_length) is not null)::bigint
        as message_length_n,
    {%- endif %}
    timestamp as first_at,
    timestamp as last_at
from (
    select
        timestamp, user_id, conversation_id, message_type, message_length,
        coalesce(message_id, id) as message_id
    from events
    where event_type = 'message.sent' and conversation_id is not null
        {{- within('timestamp', start, end) }}
) messages
anti join {{ deleted() }} deleted using (message_id)
{%- if edited %}
left join (
    select
        message_id,
        arg_max(message_type, (timestamp, seq)) as message_type,
        arg_max(message_length, (timestamp, seq)) as message_length
    from events
    where event_type = 'message.edited' and message_id is not null
        and (message_type is not null or message_length is not null)
    group by message_id
) edits using (message_id)
{%- endif %}
{%- if has_archive %}
union all by name
select
    first_at as timestamp, user_id, conversation_id, n,
    {%- if edited %}
    message_type, message_length, message_length_n,
    {%- endif %}
    first_at, last_at
from archive
where event_type = 'message.sent' and conversation_id is not null and deleted is not true
    {{- within('first_at', start, end) }}
{%- endif %}
)
{%- endmacro %}

{#- All that people did in a window, but for messages that were deleted. #}
{%- macro acts(start='start', end='end') -%}
(
select user_id, event_type, timestamp as first_at, timestamp as last_at
from (
    select
        user_id, event_type, timestamp,
        case when event_type = 'message.sent' and conversation_id is not null
             then coalesce(message_id, id) end as message_id
    from events
    where user_id is not null {{- within('timestamp', start, end) }}
) acts
anti join {{ deleted() }} deleted using (message_id)
{%- if has_archive %}
union all by name
select user_id, event_type, first_at, last_at
from archive
where user_id is not null and deleted is not true {{- within('first_at', start, end) }}
{%- endif %}
)
{%- endmacro %}

{#- The messages that each person has read in a window: once each, however often they say so. Of
    what retention has removed, as often as they said so. #}
{%- macro read_by(start='start', end='end') -%}
(
select distinct user_id, message_id, 1::bigint as n
from (
    select user_id, coalesce(message_id, id) as message_id
    from events
    where event_type = 'message.read' and user_id is not null
        {{- within('timestamp', start, end) }}
) receipts
anti join {{ deleted() }} deleted using (message_id)
{%- if has_archive %}
union all by name
select user_id, n
from archive
where event_type = 'message.read' and user_id is not null {{- within('first_at', start, end) }}
{%- endif %}
)
{%- endmacro %}

{#- Who is in which conversation at an instant. Whoever created or joined it is, until they leave
    it later than they last did; at the same instant they have left. Who never did either is from
    their last message on, by the same rule. #}
{%- macro members(end='end', among=none) -%}
{%- set narrowed -%}
user_id is not null and conversation_id is not null
{%- if among %} and conversation_id in (select unnest(${{ among }}::varchar[])){% endif %}
{%- endset -%}
(
select conversation_id, user_id
from (
    select
        conversation_id, user_id,
        max(last_at) filter (event_type in ('conversation.created', 'conversation.joined'))
            as joined_at,
        max(last_at) filter (event_type = 'conversation.left') as left_at,
        max(last_at) filter (event_type = 'message.sent') as sent_at
    from (
        select conversation_id, user_id, event_type, timestamp as last_at
        from events
        where event_type in ('conversation.created', 'conversation.joined', 'conversation.left')
            and {{ narrowed }} {{- within('timestamp', none, end) }}
        {%- if has_archive %}
        union all by name
        select conversation_id, user_id, event_type, last_at
        from archive
        where event_type in ('conversation.created', 'conversation.joined', 'conversation.left')
            and {{ narrowed }} {{- within('first_at', none, end) }}
        {%- endif %}
        union all by name
        select conversation_id, user_id, 'message.sent' as event_type, last_at
        from {{ sent(none, end) }}
        where {{ narrowed }}
    )
    group by conversation_id, user_id
)
where coalesce(joined_at, sent_at) > coalesce(left_at, timestamp '-infinity')
)
{%- endmacro %}

{#- What each of some people or conversations is called, by the latest event that says it. #}
{%- macro called(column, of, among) -%}
(
    select {{ of }}, arg_max({{ column }}, (timestamp, seq)) as {{ column }}
    from events
    where {{ column }} is not null and {{ of }} in (select unnest(${{ among }}::varchar[]))
    group by {{ of }}
)
{%- endmacro %}
