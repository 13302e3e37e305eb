-- What was acknowledged and has not moved to `events` yet.
select events from inbox order by last_seq
