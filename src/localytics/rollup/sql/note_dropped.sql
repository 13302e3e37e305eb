-- Nothing is known any more of what was before `$cut`.
merge into store_facts
using (select 'dropped_until_us' as name, epoch_us($cut::timestamp) as value) now
on store_facts.name = now.name
when matched then update set value = greatest(store_facts.value, now.value)
when not matched then insert (name, value) values (now.name, now.value)
