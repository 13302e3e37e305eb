(select * from {{ table }} where {{ keys | last }} in (select {{ keys | last }} from cleared))
