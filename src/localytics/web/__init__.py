"""Web: what browsers are served."""
