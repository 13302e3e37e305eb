create table {{ table }} as
select *{% if linked %}, slot as before, slot as after{% endif %}
from ({{ rows }}) limit 0
