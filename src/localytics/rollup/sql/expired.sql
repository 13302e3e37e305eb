-- Older than its type is kept. The latest cut-off of all lets row groups of later times be skipped.
timestamp < $latest_cut::timestamp
and timestamp < coalesce(
    list_extract($cuts::timestamp[], list_position($types::varchar[], event_type)),
    $cut::timestamp
)
