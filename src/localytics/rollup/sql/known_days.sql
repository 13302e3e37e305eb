-- The days that anything is known of: rollups, which may be wrong, and what they are made of.
select distinct day
from (
    {%- for table in tables %}
    select time_bucket(interval '1 day', slot) as day from {{ table }}
    union
    {%- endfor %}
    select time_bucket(interval '1 day', slot) from archive
    union
    select time_bucket(interval '1 day', timestamp) from events
    where seq <= (select watermark from rollup_state)
)
where isfinite(day)
