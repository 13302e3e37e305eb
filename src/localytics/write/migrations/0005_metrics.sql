-- What remains of recorded metrics that retention has removed: by 15 minutes, series and everything
-- a report can filter by. What each reading of a counter added was worked out in the order of its
-- series before it went, so all of it can be added up.
create table metric_archive (
    slot                timestamp not null,   -- the start of the 15 minutes, UTC
    metric              varchar,
    metric_type         varchar not null,     -- counter, gauge or histogram
    is_delta            boolean not null,     -- of a counter that sends what it adds
    labels              struct("key" varchar, "value" varchar)[] not null,
    source              varchar,
    project_id          varchar,
    user_id             varchar,
    session_id          varchar,
    conversation_id     varchar,
    device_id           varchar,
    model               varchar,
    agent               varchar,
    n                   bigint not null,
    added               double,               -- of a counter
    unknown             bigint not null,      -- readings of which nobody knows what they added
    total               double not null,      -- of the values, as below
    least               double not null,
    most                double not null,
    last                double not null,
    last_seq            bigint not null,
    first_at            timestamp not null,
    last_at             timestamp not null,
    spread              double[]              -- the values of a histogram, each within 1 %
);

-- Where each counter stood when its last reading went: the next one adds what is beyond.
create table metric_ends (
    slot                timestamp not null,
    metric              varchar,
    labels              struct("key" varchar, "value" varchar)[] not null,
    source              varchar,
    device_id           varchar,
    last                double not null,
    last_seq            bigint not null,
    last_at             timestamp not null
);
