(
    select slot, {{ keys }}, unnest(bins) as bin, 1::bigint as weight
    from {{ source }} where {{ condition }}
)
