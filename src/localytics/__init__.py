"""Analytics that stays on the machine: one process, one DuckDB file, answers in milliseconds."""

__version__ = "0.1.0"
