-- Which of the suspects, all sent without a usable time, arrived within the dedupe window.
select distinct s.position
from suspects s
join events e on e.id = s.id
where e.timestamp >= make_timestamp($since) and e.timestamp_basis <> 'sent'
