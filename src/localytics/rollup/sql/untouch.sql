delete from touched_days where day >= $since and day < $until
