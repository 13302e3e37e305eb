{#- What there was of a window, as numbers, and after it until another instant too. The window ends
    where a slot begins, so what stands on both sides is linked across: of the rows that were added
    first on either side, the later one knows the other side (see Rollup). What is past the
    watermark is linked to nothing, and looked for. -#}

{%- set source = sources[0] -%}
{%- set key = source.counted -%}
{%- set table = source.rollup.tables[source.grains[0]] -%}
{%- set ends = pieces[source] | rejectattr('grain') | list -%}
{%- set from, to = spells[source][0].bounds(source.grains[0]) -%}

{%- macro lies_before(column) -%}
{{ between(column, from, to) }}
{%- endmacro -%}

{%- macro lies_after(column) -%}
{{ column }} >= ${{ end }}::timestamp and {{ column }} < ${{ until }}::timestamp
{%- endmacro -%}

(
select {{ key }} from {{ table }} where {{ lies_after('slot') }} and {{ lies_before('before') }}
union all
select {{ key }} from {{ table }} where {{ lies_before('slot') }} and {{ lies_after('after') }}
{%- if ends %}
union all
select {{ key }} from ({{ of_ends(source, ends) }})
{%- endif %}
{%- if has_fresh %}
union all
select {{ key }} from ({{ fresh(source) }})
union all
select {{ key }} from {{ table }}
where {{ lies_before('slot') }} and {{ key }} in (
    {#- As a list, because of a list nobody expects to be longer than the table. #}
    select unnest((
        select list(distinct {{ numbered(key) }}) from events
        where seq > $watermark::bigint and {{ lies_after('timestamp') }}
    ))
)
{%- endif %}
)
