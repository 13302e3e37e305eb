-- Events in the form of the archive, each by itself: hardly any two of a slice would be added up.
select
    time_bucket(interval '15 minutes', timestamp) as slot,
    {{ dimensions | join(', ') }},
    {%- for name in measures %}
    {{ of_event(name) }},
    {%- endfor %}
    case when bin is not null then [bin] end as bins,
    -- What readings of metrics are read from, which no archive has.
    timestamp, seq, category, value,
    case when event_type = 'metric.recorded' then metadata end as metadata
from (select *, {{ bin }} as bin from events where {{ condition }})
