-- No number past the last there is has been rolled up, whatever the watermark says: what comes next
-- has such a number.
update rollup_state set watermark = least(watermark, (select coalesce(max(seq), 0) from events))
