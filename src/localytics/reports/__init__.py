"""The reports: two sibling files each, `<name>.sql` and `<name>.py` (see query.report)."""
