-- Rows on their way into a rollup.
create or replace temp table added as
{{ rows }}
