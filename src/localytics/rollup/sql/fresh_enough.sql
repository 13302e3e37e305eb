delete from stale_days where day >= $since and day < $until
