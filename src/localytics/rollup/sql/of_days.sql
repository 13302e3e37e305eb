(select * from {{ table }} where slot >= $since and slot < $until)
