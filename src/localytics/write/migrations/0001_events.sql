-- The events: one wide, sparse table in order of commit. No key and no index: duplicates are found
-- by (timestamp, id), which the statistics of row groups prune to where a re-sent event would be.
create table events (
    seq                   bigint not null,     -- order of commit, without gaps, never used twice
    id                    varchar not null,    -- the sender's key, else a UUIDv7
    event_type            varchar not null,
    timestamp             timestamp not null,  -- UTC
    timestamp_basis       varchar not null,    -- sent | arrival (none was sent) | future (not believed)
    sent_at               timestamp,           -- what was sent, where it was not believed
    received_at           timestamp not null,  -- UTC
    source                varchar,
    user_id               varchar,
    session_id            varchar,
    project_id            varchar,
    conversation_id       varchar,
    device_id             varchar,
    duration_ms           decimal(18, 6),      -- decimals, so that sums are exact in any order
    status_code           smallint,
    is_error              boolean not null,
    error_message         varchar,
    role                  varchar,
    model                 varchar,
    agent                 varchar,
    input_tokens          bigint,
    output_tokens         bigint,
    cache_read_tokens     bigint,
    cache_write_tokens    bigint,
    cache_write_1h_tokens bigint,
    cost_usd              decimal(18, 9),      -- what reports add up
    cost_basis            varchar,             -- reported (by the source) | priced (from tokens)
    priced_usd            decimal(18, 9),      -- from tokens, where a cost was reported as well
    message_type          varchar,
    message_length        bigint,
    endpoint              varchar,
    method                varchar,
    category              varchar,
    severity              varchar,
    status                varchar,
    value                 double,
    metadata              json
);

-- Facts about the store that no event carries.
create table store_facts (name varchar not null, value bigint not null);
