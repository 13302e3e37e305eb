"""Disk: what the events take up, and what the rollups do."""

from typing import NamedTuple

from localytics.rollup.rollups import TABLES
from localytics.store import Store

_BLOCK_BYTES = """
select block_size from pragma_database_size() where database_name = current_database()
"""
# A block may hold several columns of a table: blocks are counted once a table, not once a column.
_BLOCKS = """
select count(distinct block)
from (
    select unnest(list_append(additional_block_ids, block_id)) as block
    from pragma_storage_info($table)
    where persistent
)
where block >= 0
"""


class Disk(NamedTuple):
    """Bytes of the tables that hold events and rollups, and of the whole file."""

    events: int
    rollups: int
    file: int


def disk(store: Store) -> Disk:
    """What there is after a checkpoint."""
    with store.database.cursor() as cursor:
        cursor.execute("checkpoint")
        ((block_bytes,),) = cursor.execute(_BLOCK_BYTES).fetchall()

        def size(table: str) -> int:
            ((blocks,),) = cursor.execute(_BLOCKS, {"table": table}).fetchall()
            return int(blocks) * int(block_bytes)

        return Disk(
            events=size("events"),
            rollups=sum(map(size, TABLES)),
            file=store.database.path.stat().st_size,
        )
