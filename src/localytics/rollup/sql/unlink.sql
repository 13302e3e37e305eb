-- What is before `$cut` has gone.
update {{ table }} set before = '-infinity' where before < $cut::timestamp
