-- How many rows there are with the same neighbours; a negative number of those that go.
insert into {{ links }} by name
select slot, {% for key in keys[:-1] %}{{ key }}, {% endfor %}before, after,
    {{ sign }} count(*)::bigint as counted
from {{ rows }}
group by all
order by all
