-- Numbers are never used twice, also when the events that carried the last ones are gone.
merge into store_facts
using (select 'last_seq' as name, $last_seq::bigint as value) now
on store_facts.name = now.name
when matched then update set value = now.value
when not matched then insert (name, value) values (now.name, now.value)
