(select * from {{ source }} where {{ condition }})
