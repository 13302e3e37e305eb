"""Settings: what can be changed, its default, its limits and what it is for.

The structs below are the one declared table. `config.toml` at the top of the repository is that
table as a file, every line commented out. Where values come from: see configuration.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields

_PERCENT = re.compile(r"[0-9]{1,5}(\.[0-9]{1,9})?")
_HOST = re.compile(r"\[[0-9a-fA-F:.]+\]|[^\s/:@?#*]+")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\sA-Z/@?#*]+")
_MOST_DAYS = 100_000


class Server(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The socket."""

    host: Annotated[
        str, Meta(description="Address to listen on. Only this machine's own (loopback) is served.")
    ] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=0, le=65535, description="Port; the next free one if taken, 0 picks any.")
    ] = 4777
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="How much is logged.")
    ] = "info"
    allowed_hosts: Annotated[
        tuple[str, ...],
        Meta(description="Host names accepted beside localhost, 127.0.0.1 and [::1]."),
    ] = ()
    allowed_origins: Annotated[
        tuple[str, ...],
        Meta(description="Web origins whose pages may send events, as https://app.example."),
    ] = ()
    header_seconds: Annotated[
        float,
        Meta(gt=0, le=600, description="A request whose headers take longer is cut off."),
    ] = 10.0
    body_seconds: Annotated[
        float, Meta(gt=0, le=600, description="A body that takes longer to arrive is cut off.")
    ] = 10.0
    connections: Annotated[
        int, Meta(ge=1, le=65536, description="Connections open at once; more get a 503.")
    ] = 512

    def __post_init__(self) -> None:
        for one in self.allowed_hosts:
            if not _HOST.fullmatch(one):
                raise ValueError(f'allowed_hosts takes names as "stats.local", not {one!r}')
        for one in self.allowed_origins:
            if not _ORIGIN.fullmatch(one):
                raise ValueError(
                    f'allowed_origins takes "https://app.example", in small letters and with no'
                    f" path, not {one!r}"
                )


class Store(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The DuckDB file."""

    data_dir: Annotated[
        str, Meta(description="Folder of the data; empty means the platform's own data folder.")
    ] = ""
    memory_mb: Annotated[
        int, Meta(ge=256, description="Memory that DuckDB may use; it spills to disk beyond.")
    ] = 1024
    threads: Annotated[
        int,
        Meta(
            ge=1,
            le=64,
            description="Threads DuckDB may use for one question; more make writing slower.",
        ),
    ] = 1
    checkpoint_mb: Annotated[
        int,
        Meta(ge=1, le=4096, description="Write-ahead log that is folded into the file at once."),
    ] = 16


class Ingest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may come in, and how it waits."""

    enabled: Annotated[
        bool, Meta(description="Whether events are taken at all (also ANALYTICS_ENABLED).")
    ] = True
    queue_mb: Annotated[
        int, Meta(ge=1, le=4096, description="Events waiting to be written; beyond, a 503.")
    ] = 64
    body_kb: Annotated[
        int, Meta(ge=1, le=65536, description="Largest JSON body, also after inflating.")
    ] = 1024
    stream_kb: Annotated[
        int, Meta(ge=1, le=1048576, description="Largest NDJSON body, also after inflating.")
    ] = 10240
    event_kb: Annotated[int, Meta(ge=1, le=1024, description="Largest single event.")] = 32
    batch_events: Annotated[
        int, Meta(ge=1, le=100_000, description="Most events in a JSON body; NDJSON has no such.")
    ] = 1000
    dedupe_hours: Annotated[
        int,
        Meta(
            ge=0,
            le=8760,
            description="How long an id without a timestamp is remembered (with one: for ever).",
        ),
    ] = 24


class Device(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which snapshots of a device's metrics are worth storing."""

    snapshot_seconds: Annotated[
        int,
        Meta(ge=0, le=604_800, description="A snapshot is stored at least this often; 0 for each."),
    ] = 300
    change_percent: Annotated[
        float,
        Meta(ge=0, le=10_000, description="A metric that moves by more is stored at once."),
    ] = 5.0
    change_percent_by_metric: Annotated[
        tuple[str, ...],
        Meta(description='Other percentages for some metrics, as "temperature=1".'),
    ] = ()
    devices: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="Devices remembered; one that was forgotten is stored as on first contact.",
        ),
    ] = 10_000

    def __post_init__(self) -> None:
        _ = self.percent_by_metric

    @property
    def percent_by_metric(self) -> dict[str, float]:
        """`change_percent_by_metric`, understood."""
        found = {}
        for one in self.change_percent_by_metric:
            name, _, percent = one.rpartition("=")
            if not name or not _PERCENT.fullmatch(percent) or float(percent) > 10_000:
                raise ValueError(f'change_percent_by_metric takes "temperature=1", not {one!r}')
            found[name] = float(percent)
        return found


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How questions are answered."""

    readers: Annotated[int, Meta(ge=1, le=64, description="Questions answered at once.")] = 2
    seconds: Annotated[
        float, Meta(gt=0, le=3600, description="A question that takes longer is given up.")
    ] = 30.0


class Live(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Events as they are stored, to whoever listens."""

    sockets: Annotated[
        int, Meta(ge=0, le=10_000, description="Most listeners at once; more get a 503.")
    ] = 64
    events_per_second: Annotated[
        int,
        Meta(ge=1, le=100_000, description="Most events a listener is sent; the newest are."),
    ] = 1000
    buffer_kb: Annotated[
        int,
        Meta(ge=64, le=65536, description="What waits for a slow listener; the rest is left out."),
    ] = 512


class Export(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All events as a file."""

    at_once: Annotated[int, Meta(ge=1, le=64, description="Exports at once; more get a 503.")] = 2
    stall_seconds: Annotated[
        float,
        Meta(gt=0, le=3600, description="An export that nobody reads on for so long is given up."),
    ] = 60.0


class Rollup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is added up ahead of being asked."""

    seconds: Annotated[
        int, Meta(ge=1, le=86400, description="How often new events are rolled up.")
    ] = 60
    merge_seconds: Annotated[
        int, Meta(ge=60, le=604_800, description="How often partial rows are merged.")
    ] = 3600
    audit_seconds: Annotated[
        int,
        Meta(ge=10, le=604_800, description="How often a random day is counted again."),
    ] = 600


class Retention(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long what is kept. Rollups outlive the events they are made of, so charts do too."""

    raw_days: Annotated[
        int,
        Meta(
            ge=0,
            le=_MOST_DAYS,
            description="Days that events are kept; 0 for ever (also ANALYTICS_RETENTION_DAYS).",
        ),
    ] = 90
    raw_days_by_type: Annotated[
        tuple[str, ...],
        Meta(description='Other days for some event types, as "api.request=30".'),
    ] = ()
    rollup_days: Annotated[
        int, Meta(ge=0, le=100_000, description="Days that rollups are kept; 0 for ever.")
    ] = 0
    hours: Annotated[
        int, Meta(ge=1, le=8760, description="How often what is too old is removed.")
    ] = 6

    def __post_init__(self) -> None:
        longest = max([self.raw_days, *self.days_by_type.values()])
        if self.rollup_days and (not self.raw_days or self.rollup_days < longest):
            raise ValueError("rollup_days must be at least as many as events are kept, or 0")

    @property
    def days_by_type(self) -> dict[str, int]:
        """`raw_days_by_type`, understood."""
        found = {}
        for one in self.raw_days_by_type:
            name, _, days = one.rpartition("=")
            known = days.isascii() and days.isdigit() and len(days) < 7
            if not name or not known or int(days) > _MOST_DAYS:
                raise ValueError(
                    f'raw_days_by_type takes "api.request=30", up to {_MOST_DAYS}, not {one!r}'
                )
            found[name] = int(days)
        return found


class Claude(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Claude Code's transcripts."""

    follow: Annotated[
        bool, Meta(description="Import transcripts in the background while serving.")
    ] = False
    paths: Annotated[
        tuple[str, ...],
        Meta(description="Where they are; empty means where Claude Code puts them."),
    ] = ()
    seconds: Annotated[
        int, Meta(ge=1, le=86400, description="How often to look for new lines.")
    ] = 30


class Metrics(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What /metrics shows."""

    series: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            description="Most series of recorded metrics at /metrics; what is beyond is counted.",
        ),
    ] = 1000


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it, section by section."""

    server: Server = Server()
    store: Store = Store()
    ingest: Ingest = Ingest()
    device: Device = Device()
    query: Query = Query()
    live: Live = Live()
    export: Export = Export()
    rollup: Rollup = Rollup()
    retention: Retention = Retention()
    metrics: Metrics = Metrics()
    claude: Claude = Claude()

    @property
    def data_dir(self) -> Path:
        """The folder of the database, the run file and the log of what was set aside."""
        if self.store.data_dir:
            return Path(self.store.data_dir).expanduser().absolute()
        import platformdirs  # noqa: PLC0415  (only where nobody said)

        return Path(platformdirs.user_data_dir("localytics", appauthor=False))


def sections() -> Iterator[tuple[FieldInfo, tuple[FieldInfo, ...]]]:
    """Every section with its settings, in the order of config.toml."""
    for section in fields(Settings):
        yield section, fields(section.type)
