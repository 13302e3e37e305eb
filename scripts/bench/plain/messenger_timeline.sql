-- timeline[timestamp]: day by day
with sent as (
    select *
    from events
    where event_type = 'message.sent' and conversation_id is not null
        and (source, coalesce(message_id, id)) not in (
            select (source, message_id) from events
            where event_type = 'message.deleted' and message_id is not null
        )
        and timestamp >= $start and timestamp < $end
)
select date_trunc('day', timestamp) as timestamp, count(*) as count
from sent
group by all
order by 1
