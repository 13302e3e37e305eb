{#- The messages of messengers: every `message.sent` that names a conversation. What it is called is
    its `message_id`, or else its id. One that a `message.deleted` names is not there, whenever that
    came. A row is one message, or from the archive the sum of several that retention has removed;
    those that were deleted later than that are in it.
    `edited` gives each the length and the type that its latest edit says, where one does. -#}

{%- macro narrowed(time) -%}
{%- if start %} and {{ time }} >= ${{ start }}::timestamp{% endif %}
{%- if end %} and {{ time }} < ${{ end }}::timestamp{% endif %}
{%- for column in filters %} and {{ column }} = ${{ column }}{% endfor %}
{%- endmacro -%}

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
    where event_type = 'message.sent' and conversation_id is not null {{- narrowed('timestamp') }}
) messages
anti join (
    select message_id from events where event_type = 'message.deleted' and message_id is not null
) deleted using (message_id)
{%- if edited %}
left join (
    select
        message_id,
        arg_max(message_type, (timestamp, seq)) as message_type,
        arg_max(message_length, (timestamp, seq)) as message_length
    from events
    where event_type = 'message.edited' and message_id is not null
        and coalesce(message_type, message_length::varchar) is not null
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
where event_type = 'message.sent' and conversation_id is not null and not coalesce(deleted, false)
    {{- narrowed('first_at') }}
{%- endif %}
)
