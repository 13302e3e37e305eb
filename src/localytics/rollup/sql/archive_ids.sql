-- Their names, so that one that is sent again counts no second time.
insert into archived_ids
select coalesce(sent_at, timestamp), (md5_number(id) >> 64)::ubigint from events where {{ condition }}
