update rollup_state set watermark = $watermark
