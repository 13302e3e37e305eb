-- What rolling up keeps beside the rollups themselves, which rollup.tables makes as declared.

-- How far: every event up to this number is in the rollups, but for those of the stale days.
create table rollup_state (watermark bigint not null);
insert into rollup_state values (0);

-- Days (UTC) whose rollups don't agree with what they are made of: events of them were removed or
-- moved. They are asked about from the events until they are rolled up anew.
create table stale_days (day timestamp not null);

-- Days of which rollups have been added to since they were last merged.
create table touched_days (day timestamp not null);

-- The declared rollups as they were made; one that is declared otherwise is made anew.
create table rollup_tables (name varchar not null, definition varchar not null);

-- What remains of events that retention has removed: partial sums by 15 minutes and by everything
-- a report can filter by. An event is in `events` or in here, never in both.
create table archive (
    slot                timestamp not null,   -- the start of the 15 minutes, UTC
    event_type          varchar not null,
    source              varchar,
    project_id          varchar,
    user_id             varchar,
    session_id          varchar,
    conversation_id     varchar,
    device_id           varchar,
    model               varchar,
    agent               varchar,
    role                varchar,
    n                   bigint not null,
    errors              bigint not null,
    duration_ms         decimal(38, 6),
    duration_ms_n       bigint not null,
    duration_min        decimal(18, 6),
    duration_max        decimal(18, 6),
    input_tokens        hugeint,
    input_tokens_n      bigint not null,
    output_tokens       hugeint,
    output_tokens_n     bigint not null,
    cache_read_tokens   hugeint,
    cache_write_tokens  hugeint,
    cost_usd            decimal(38, 9),
    cost_usd_n          bigint not null,
    unpriced            bigint not null,
    first_at            timestamp not null,
    last_at             timestamp not null,
    bins                smallint[]            -- of the durations, one each (see rollup.measures)
);

-- The names of events that retention has removed, so that one sent again counts no second time.
create table archived_ids (timestamp timestamp not null, id_hash ubigint not null);
