{#- The readings of metrics that meet `condition`, each by itself: from the rollup that tells them
    apart, and from the events what is past the watermark or of a day that is stale. -#}

(
select
    metric, timestamp, seq, value, metric_type, is_delta, series, labels, source, device_id
    {%- for column in columns %}, {{ column }}{% endfor %}
from {{ table }}
where {{ condition }}
{%- if has_stale %} and not {{ is_stale('timestamp') }}{% endif %}
{%- if has_fresh %}
union all by name
select * from {{ raw_readings('seq > $watermark::bigint and ' ~ condition, columns) }}
{%- endif %}
{%- if has_stale %}
union all by name
select * from {{ raw_readings(rolled_up ~ on_stale_days() ~ ' and ' ~ condition, columns) }}
{%- endif %}
)
