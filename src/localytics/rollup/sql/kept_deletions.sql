-- The deletions of others' messages by a person who is erased: nothing of them but which it was, and
-- when.
create or replace temp table kept_{{ table }} as
select {{ columns | join(', ') }}{% for name in zeros %}, 0 as {{ name }}{% endfor %}
    {%- if table == 'events' %}, uuid()::varchar as id{% endif %}
from {{ table }} deletions
where user_id = $user_id and event_type = 'message.deleted' and message_id is not null
    and not exists (
        select 1
        from (
            select source, message_id from events
            where user_id = $user_id and event_type = 'message.sent'
            union all
            select source, message_id from archive
            where user_id = $user_id and event_type = 'message.sent'
        ) own
        where own.message_id = deletions.message_id
            and own.source is not distinct from deletions.source
    )
