-- The deletions of messages by a person who is erased, nothing of them but which it was, and when:
-- all but those of their own messages that nobody else has to do with, which go as a whole.
create or replace temp table kept_{{ table }} as
select {{ columns | join(', ') }}{% for name in zeros %}, 0 as {{ name }}{% endfor %}
    {%- if table == 'events' %}, uuid()::varchar as id{% endif %}
from {{ table }} deletions
where user_id = $user_id and event_type = 'message.deleted' and message_id is not null
    and not exists (
        select 1
        from (
            select source, message_id
            from (
                {%- for one in ('events', 'archive') %}
                {{- ' union all' if not loop.first }}
                select
                    source,
                    message_id,
                    coalesce(user_id = $user_id, false) as is_theirs,
                    event_type = 'message.sent' as is_message
                from {{ one }}
                where message_id is not null
                {%- endfor %}
            )
            group by source, message_id
            having bool_or(is_theirs and is_message) and bool_and(is_theirs)
        ) own
        where own.message_id = deletions.message_id
            and own.source is not distinct from deletions.source
    )
