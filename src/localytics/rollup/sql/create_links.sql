create table {{ links }} as
select slot, {% for key in keys[:-1] %}{{ key }}, {% endfor %}before, after, 0::bigint as counted
from {{ table }} limit 0
