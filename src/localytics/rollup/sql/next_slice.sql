-- The last number of the next slice of events to roll up; null when there are none.
select max(seq) from events where seq > $watermark and seq <= least($watermark + $most, $goal)
