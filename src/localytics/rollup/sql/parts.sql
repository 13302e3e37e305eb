-- Events added up by 15 minutes and everything they are told apart by: the form of the archive.
select
    time_bucket(interval '15 minutes', timestamp) as slot,
    {{ dimensions | join(', ') }},
    {%- for name in measures %}
    {{ added(name) }},
    {%- endfor %}
    list(bin) filter (where bin is not null) as bins
from (
    select
        timestamp,
        {{ dimensions | join(', ') }},
        {%- for name in measures %}
        {{ of_event(name) }},
        {%- endfor %}
        {{ bin }} as bin
    from events
    where {{ condition }}
)
group by all
