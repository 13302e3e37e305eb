-- Rows of which a fuller or earlier version is stored in the same transaction.
delete from events where seq in (select unnest($seqs::bigint[]))
