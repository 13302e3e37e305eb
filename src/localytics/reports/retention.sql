{#- Who did the cohort's event for the first time in which of the periods. #}
{%- macro members() -%}
(
    select user_id, {{ period_of('first_at') }} as cohort
    from (
        select user_id, min(first_at) as first_at, time_bucket(interval '1 day', min(first_at)) as day
        from {{ presence('cohort_event', ever=true) }}
        group by user_id
    )
    join {{ days() }} days using (day)
)
{%- endmacro %}

-- cohorts: how many people each period brought, and how many of them were there in each later one
with members as materialized (select * from {{ members() }} where cohort is not null)
select cohort, null as period, count(*) as users
from members
group by cohort
union all
select cohort, period, count(*) as users
from members
join {{ attendance(presence('return_event')) }} using (user_id)
where period > cohort
group by cohort, period
