insert into inbox values ($last_seq, $events)
