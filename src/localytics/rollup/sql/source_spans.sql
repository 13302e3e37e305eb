-- Which values of the last key there were, by name until each is there once.
select
    slot,
    {% for key in keys[:-1] %}{{ key }}, {% endfor %}
    {{ numbered(keys | last) }} as {{ keys | last }}
    {%- for name in spans %},
    {%- if moments and name == 'last_at' %} nullif(last_at, first_at) as{% endif %} {{ name }}
    {%- endfor %}
from (
    select
        {{ slot }}, {{ keys | join(', ') }}
        {%- for name in spans %}, {{ added(name) }}{% endfor %}
    from {{ source }}
    where {{ condition }} and {{ keys | last }} is not null
    group by all
)
