(
    select added.* exclude (grain), coarser.grain
    from added
    cross join (select unnest([{{ grains | join(', ') }}]) as grain) coarser
)
