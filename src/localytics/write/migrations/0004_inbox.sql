-- Groups of few events as they were acknowledged, on their way to `events` (see write.inbox).
create table inbox (
    last_seq bigint not null,   -- the number of its last event; they are numbered in their order
    events   varchar not null   -- JSON
);
