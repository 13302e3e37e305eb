(
    select slot, {% for key in keys[:-1] %}{{ key }}, {% endfor %}
        {{ numbered(keys | last) }} as {{ keys | last }}, first_at, last_at
        {%- if counted %}, n{% endif %}
    from (
        select
            time_bucket(to_seconds({{ grain }}), slot) as slot, {{ keys | join(', ') }},
            {{ added('first_at') }}, {{ added('last_at') }}
            {%- if counted %}, {{ added('n') }}{% endif %}
        from {{ source }}
        where {{ condition }} and {{ keys | last }} is not null
        group by all
    )
)
