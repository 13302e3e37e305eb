-- What an event has, but for its number.
select * exclude (seq) from events limit 0
