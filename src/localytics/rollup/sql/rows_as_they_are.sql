select * from {{ source }}
