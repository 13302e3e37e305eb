select watermark from rollup_state
