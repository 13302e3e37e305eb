{#- The events of a window as they are, for columns that no rollup has. -#}
(
select * from events
where timestamp >= ${{ start }}::timestamp and timestamp < ${{ end }}::timestamp
{%- if event_type %} and event_type = '{{ event_type }}'{% endif %}
{%- for column in filters %} and {{ column }} = ${{ column }}{% endfor %}
)
