create table {{ table }} as
select * from ({{ rows }}) limit 0
