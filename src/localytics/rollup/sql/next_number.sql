-- The first number past the watermark, where removed events have left a gap wider than a slice.
select min(seq) from events where seq > $watermark and seq <= $goal
