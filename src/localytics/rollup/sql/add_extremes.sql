-- Of several partial rows, the least and the most.
min(duration_min) as duration_min,
max(duration_max) as duration_max,
min(first_at) as first_at,
max(last_at) as last_at
