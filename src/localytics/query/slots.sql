{#- Slots that no bucket divides, each with the start of its bucket in UTC, where that begins and
    ends, and what the wall clock shows. Laid out stretch by stretch, a stretch being time of one
    bucket and one offset from UTC: reading a clock in a time zone for every row is slow. -#}
(
    select slot, bucket, bucket_end, slot + to_seconds(seconds) as local
    from (
        select
            unnest(range(since, until, to_seconds($slot_seconds))) as slot,
            bucket,
            bucket_end,
            seconds
        from (
            select unnest($stretch_starts::timestamp[]) as since,
                   unnest($stretch_ends::timestamp[]) as until,
                   unnest($stretch_buckets::timestamp[]) as bucket,
                   unnest($stretch_bucket_ends::timestamp[]) as bucket_end,
                   unnest($stretch_offsets::bigint[]) as seconds
        )
    )
)
