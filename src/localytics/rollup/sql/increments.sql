{#- `readings` with what each reading of a counter added: the difference to the one before it of its
    series, or all of it where the counter began anew. Null is nobody knows: it is older than what
    was removed of its series, of which only where it `ends` is left; none, where nothing was. One
    `is_first` that follows on no other of these. -#}
(
    select
        * exclude (before {%- if ends %}, is_past, has_past{% endif %}),
        {%- if not ends %}
        before is null as is_first,
        {%- endif %}
        case when metric_type <> 'counter' then 0
             when is_delta then value
             {%- if ends %}
             when before is null and has_past then null
             {%- endif %}
             when before is null or value < before then value
             else value - before
        end as added
    from (
        select
            *,
            {%- if ends %}
            coalesce(lag(is_past) over (of_series order by timestamp, seq), true) as is_first,
            bool_or(is_past) over of_series as has_past,
            {%- endif %}
            lag(value) over (of_series order by timestamp, seq) as before
        from {% if not ends %}{{ readings }}{% else %}(
            select *, false as is_past from {{ readings }}
            union all by name
            select
                metric, 'counter' as metric_type, false as is_delta, source, device_id,
                {{ series }} as series,
                last_at as timestamp, last_seq as seq, last as value, true as is_past
            from metric_ends
            where {{ ends }}
        ){% endif %}
        window of_series as (partition by series)
    )
    {%- if ends %}
    where not is_past
    {%- endif %}
)
