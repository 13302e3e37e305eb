-- Events added up by 15 minutes and everything they are told apart by: the form of the archive.
select
    time_bucket(interval '15 minutes', timestamp) as slot,
    {{ dimensions }},
    {{ measures }},
    list(bin) filter (where bin is not null) as bins
from ({{ single }} where {{ condition }})
group by all
