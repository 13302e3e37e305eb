select coalesce({{ of }}, 0)::bigint from {{ table }} where {{ condition }}
