-- What an event has, but for its number, and how DuckDB keeps it.
select column_name, column_type from (describe events) where column_name <> 'seq'
