-- Events that name a person by a key of their metadata, without it.
update events
set metadata = json_merge_patch(
    metadata
    {%- for key in keys %},
    case when metadata ->> '$.{{ key }}' = $user_id then '{"{{ key }}": null}' else '{}' end
    {%- endfor %}
)
{#- Looked for as text first, because that is far quicker than reading all of it. #}
where contains(metadata::varchar, '_by"')
    and ({% for key in keys %}{{ ' or ' if not loop.first }}metadata ->> '$.{{ key }}' = $user_id{% endfor %})
