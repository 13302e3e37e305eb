-- aggregations: events of each type in each bucket in which there are any
select
    bucket as timestamp,
    event_type,
    {{ count() }} as count,
    {{ mean('duration_ms') }} as avg_duration_ms,
    {{ shortest() }} as min_duration_ms,
    {{ longest() }} as max_duration_ms,
    {{ errors() }} as error_count,
    {{ share('(' ~ count() ~ ' - ' ~ errors() ~ ')', count()) }} as success_rate
from {{ timed(events()) }}
group by bucket, event_type
order by event_type
