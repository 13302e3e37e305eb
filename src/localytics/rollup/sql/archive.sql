-- Expired events, added up to what remains of them.
insert into archive by name
{{ parts }}
