-- Events added up by 15 minutes and everything they are told apart by: the form of the archive.
select
    slot,
    {{ dimensions | join(', ') }},
    {%- for name in measures %}
    {{ added(name) }},
    {%- endfor %}
    list(bins[1]) filter (where bins is not null) as bins
from (
    {{ singles }}
)
group by all
