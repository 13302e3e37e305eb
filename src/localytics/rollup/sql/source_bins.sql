(
    select slot, {{ keys | join(', ') }}, unnest(bins) as bin, 1::bigint as weight
    from {{ source }}
    where {{ condition }}
)
