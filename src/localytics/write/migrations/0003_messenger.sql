-- What reports about a messenger look for by itself: columns, filled from metadata at insert.
alter table events add column message_id varchar;         -- the message that the event is about
alter table events add column username varchar;           -- of the person
alter table events add column title varchar;              -- of the conversation
alter table events add column conversation_type varchar;

create temp macro said(metadata, name) as
    case when json_type(metadata, '$.' || name) in ('VARCHAR', 'BIGINT', 'UBIGINT')
              and length(metadata ->> ('$.' || name)) between 1 and 200
         then metadata ->> ('$.' || name) end;
update events
set message_id = said(metadata, 'message_id'),
    username = said(metadata, 'username'),
    title = said(metadata, 'title'),
    conversation_type = said(metadata, 'conversation_type')
where metadata is not null
    and coalesce(
        said(metadata, 'message_id'), said(metadata, 'username'),
        said(metadata, 'title'), said(metadata, 'conversation_type')
    ) is not null;
update events set message_id = id
where message_id is null
    and (event_type = 'message.sent' and conversation_id is not null
         or event_type = 'message.read');
drop macro said;

-- What remains of a messenger's message is a row of its own, so that it can still be deleted; what
-- people and conversations are called remains, too.
alter table archive add column message_id varchar;
alter table archive add column message_type varchar;
alter table archive add column message_length bigint;
alter table archive add column username varchar;
alter table archive add column title varchar;
alter table archive add column conversation_type varchar;
