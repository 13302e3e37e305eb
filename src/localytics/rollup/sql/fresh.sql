-- What is rolled up next, in the form of the archive.
create or replace temp table fresh as
{{ parts }}
