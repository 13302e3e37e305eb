-- Which values of the last key there were, by name until each is there once.
{%- set last = keys | last %}
select
    slot,
    {% for key in keys[:-1] %}{{ key }}, {% endfor %}
    {% if not by_name %}{{ numbered(last) }} as {% endif %}{{ last }}
    {%- for name in spans %},
    {%- if moments and name == 'last_at' %} nullif(last_at, first_at) as{% endif %} {{ name }}
    {%- endfor %}
from (
    select
        {{ slot }}, {{ keys | join(', ') }}
        {%- for name in spans %}, {{ added(name) }}{% endfor %}
    from {{ source }}
    where {{ condition }} {%- if not by_name %} and {{ last }} is not null{% endif %}
    group by all
)
