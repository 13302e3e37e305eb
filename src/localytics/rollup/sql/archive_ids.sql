-- Their names, so that one that is sent again counts no second time.
insert into archived_ids
select coalesce(sent_at, timestamp), md5_number_lower(id) from events where {{ condition }}
