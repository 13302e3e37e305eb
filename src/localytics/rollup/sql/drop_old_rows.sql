delete from {{ table }} where slot < $cut::timestamp
