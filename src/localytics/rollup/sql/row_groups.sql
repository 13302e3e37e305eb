-- In how many row groups a table is, and in how many it could be.
select
    count(distinct row_group_id) as there,
    (select count(*) // 122880 + 1 from {{ table }}) as enough
from pragma_storage_info('{{ table }}')
