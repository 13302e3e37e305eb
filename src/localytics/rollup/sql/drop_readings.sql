-- The readings of metrics among events that are about to go.
delete from {{ table }}
where slot >= time_bucket(interval '1 hour', $since::timestamp) and slot < $until
    and seq in (select seq from events where {{ condition }})
