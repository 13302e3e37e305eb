-- Expired readings of metrics, added up to what remains of them.
insert into metric_archive by name
select
    time_bucket(interval '15 minutes', timestamp) as slot,
    metric, metric_type, is_delta, labels, source, project_id, user_id, session_id, conversation_id,
    device_id, model, agent,
    count(*) as n,
    fsum(coalesce(added, 0)) as added,
    count(*) filter (added is null) as unknown,
    fsum(value) as total,
    min(value) as least,
    max(value) as most,
    arg_max(value, (timestamp, seq)) as last,
    arg_max(seq, (timestamp, seq)) as last_seq,
    min(timestamp) as first_at,
    max(timestamp) as last_at,
    list(
        case when value = 0 or abs(value) not between 1e-290 and 1e290 then value
             else sign(value) * pow(1.02, ceil(ln(abs(value)) / ln(1.02))) * 2 / 2.02 end
    ) filter (metric_type = 'histogram') as spread
from {{ increments }}
group by all
