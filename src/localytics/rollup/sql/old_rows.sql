select count(*) from {{ table }} where slot < $cut::timestamp
