{#- Who was there when: rows of a person, as a number, with a first and a last moment, both of one
    day (UTC). They come from the rollups by day, and what those lack from the events and the
    archive; where something is filtered by that no rollup has, all comes from these. Of the days
    from `$from_day` until `$to_day`, unless it is `ever`.
    With `doing`, the option of that name says which type of event is meant; any, where it is null.
    With `among`, the list of that name says which types, and rows have an `event_type`, a
    `source`, and `n`, of how many events they are. -#}
{%- set keys = ['event_type', 'source', 'user_id'] -%}
{%- set rolled = filters | reject('in', keys) | list | length == 0 -%}
{%- set told = 'event_type' in filters or 'source' in filters -%}
{%- set type = ', event_type, source' if among else '' -%}
{%- set n = ', n' if among else '' -%}
{%- macro within(column) -%}
{%- if not ever %} and {{ column }} >= $from_day::timestamp and {{ column }} < $to_day::timestamp
{%- endif %}
{%- endmacro -%}
{%- macro is_stale(column) -%}
list_contains($stale::timestamp[], time_bucket(interval '1 day', {{ column }}))
{%- endmacro -%}
{%- macro of_type() -%}
{%- if 'event_type' in filters %} and event_type = $event_type{% endif %}
{%- if 'source' in filters %} and source = $source{% endif %}
{%- if among %} and event_type in (select unnest(${{ among }}::varchar[])){% endif %}
{%- endmacro -%}
{%- macro of_day() -%}
{{ within('slot') }}
{%- if has_stale %} and not {{ is_stale('slot') }}{% endif %}
{%- if 'user_id' in filters %} and user_id = {{ numbered('$user_id::varchar') }}{% endif %}
{%- endmacro -%}
{%- macro narrowed() -%}
{%- for column in filters if column not in ['event_type', 'source'] %}
    and {{ column }} = ${{ column }}
{%- endfor %}
{%- if doing %} and (${{ doing }}::varchar is null or event_type = ${{ doing }}){% endif %}
{{- of_type() }}
{%- endmacro -%}
(
{%- if rolled %}
{%- if not among and not told %}
select user_id, slot as day, first_at, last_at
from rollup_seen_users_days
where true {%- if doing %} and ${{ doing }}::varchar is null{% endif %} {{- of_day() }}
union all
{%- endif %}
{%- if doing or among or told %}
select user_id, slot as day, first_at, last_at {{- type ~ n }}
from rollup_doers_days
where true
{%- if doing and told %} and coalesce(${{ doing }}, event_type) = event_type
{%- elif doing %} and event_type = ${{ doing }}{% endif %}
{{- of_type() }} {{- of_day() }}
union all
{%- endif %}
{%- endif %}
{#- By name first, because a number takes longer to make than to compare. #}
select {{ numbered('name') }} as user_id, day, first_at, last_at {{- type ~ n }}
from (
    select
        user_id as name,
        time_bucket(interval '1 day', timestamp) as day,
        min(timestamp) as first_at,
        max(timestamp) as last_at
        {{- type ~ (', count(*) as n' if among else '') }}
    from events
    where user_id is not null {{- within('timestamp') }} {{- narrowed() }}
    {%- if rolled %}
        and (seq > $watermark::bigint
             {%- if has_stale %} or {{ is_stale('timestamp') }}{% endif %})
    {%- endif %}
    group by all
)
{%- if has_archive and (has_stale or not rolled) %}
union all
select {{ numbered('user_id') }}, time_bucket(interval '1 day', slot), first_at, last_at
    {{- type ~ n }}
from archive
where user_id is not null {{- within('slot') }} {{- narrowed() }}
{%- if rolled %} and {{ is_stale('slot') }}{% endif %}
{%- endif %}
)
