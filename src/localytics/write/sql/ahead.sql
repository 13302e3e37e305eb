-- Events named by a time that has not come yet. There are few, or clocks are wrong.
select id, epoch_us(timestamp) from events where timestamp > make_timestamp($now)
union all
select id, epoch_us(sent_at) from events where sent_at > make_timestamp($now)
limit $most
