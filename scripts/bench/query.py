"""Query: reports from rollups, as ratios to the same questions in plain SQL over the raw events.

A store is filled with 90 days of believable events (as long as they are kept by default), rolled up
and merged. Then, all in one run on one machine, because machines differ and are never quiet:

- every report, about its usual window, 30 days and everything : plain statements over `events` of
  the same store; both must say the same, or the run fails (aims: 5 and 10 times as fast for the
  last two, and 50 ms);
- with --scale-to, every report over a larger store of the same 90 days : its time over the first
  (aim: twice at most);
- the wait of callers for their events to be durable while the rollups are worked on : the same
  while nothing else goes on.

Each figure is the median of the rounds, after one that warms up.
"""

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from asked import AIM_MS, AIMS, answer_alone, compare, questions
from believable import DAYS, fill, shape_of
from disk import disk
from live import BATCH, BATCHES_A_SECOND, CONNECTIONS, waits

from localytics.configuration import load
from localytics.settings import Settings
from localytics.store import Store

AIM_SCALE = 2.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=1_000_000, help="events in the store")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--scale-to", type=int, help="events in a second, larger store")
    arguments.add_argument("--reports", help="only these, as a,b")
    arguments.add_argument("--live", type=float, default=45, help="seconds of sending each time")
    arguments.add_argument("--pause", type=float, default=1, help="seconds between rolling up")
    arguments.add_argument(
        "--folder", type=Path, help="where stores are kept, and found when the same is asked again"
    )
    given = arguments.parse_args()
    reports = given.reports.split(",") if given.reports else []
    if not list(questions(reports)):
        sys.exit(f"none of {given.reports} is a report")
    with tempfile.TemporaryDirectory(prefix="localytics-bench-") as temporary:
        folder = given.folder or Path(temporary)
        settings, now = filled(folder / "first", given.events)
        times, wrong = compared(settings, now, given.rounds, reports)
        if given.scale_to:
            larger, later = filled(folder / "larger", given.scale_to)
            scaled(larger, later, given.rounds, reports, times)
        if given.live:
            lived(settings.data_dir, given.live, given.pause)
    if wrong:
        sys.exit(f"{wrong} answers are not what the plain statements say")


def filled(folder: Path, events: int) -> tuple[Settings, datetime]:
    """A store in `folder`, rolled up and merged, and the moment at which its last event arrived."""
    settings = load(environ={}, overrides={"store": {"data_dir": str(folder)}})
    if not folder.exists():
        started = time.perf_counter()
        fill(settings, events, datetime.now(UTC))
        _pace("made", events, time.perf_counter() - started)
    with Store(settings) as store:
        shape = shape_of(store)
        print(
            f"{shape.events:,} events of {shape.people:,} people in {shape.sessions:,} sessions"
            f" over {shape.days} days"
        )
        rolled_up = store.rolling.roll_up()
        if rolled_up.rolled_up:
            _pace("rolled up", rolled_up.rolled_up, rolled_up.took_ms / 1000, "aim: 500,000")
        started = time.perf_counter()
        if store.rolling.merge():  # as well where rollups that are declared anew were made at once
            _pace("merged", shape.events, time.perf_counter() - started)
        used = disk(store)
    for name, size in used._asdict().items():
        print(f"  {name:<24}{size / shape.events:>10.1f} bytes an event")
    return settings, shape.ended


def compared(
    settings: Settings, now: datetime, rounds: int, reports: list[str]
) -> tuple[dict[tuple[str, str], float], int]:
    """Print every report beside its plain statements; the times, and how many answers are wrong."""
    times = {}
    missed = wrong = 0
    print(f"{'report':<22}{'window':>6}{'ms':>9}{'plain ms':>10}{'ratio':>7}  rounds {rounds}")
    with Store(settings) as store:
        for one in compare(store, now, rounds, reports):
            times[one.name, one.window] = median(one.rolled_up)
            missed += one.misses
            wrong += bool(one.wrong)
            print(
                f"{one.name:<22}{one.window:>6}{median(one.rolled_up):>9.1f}"
                f"{median(one.plain):>10.1f}{one.ratio:>7.1f}"
                f"  {'differ' if one.wrong else 'agree'}{'  misses' if one.misses else ''}",
                flush=True,
            )
            for difference in one.wrong[:5]:
                print(f"    {difference}")
    aims = ", ".join(f"{window} {ratio:g}" for window, ratio in AIMS.items())
    print(f"  {missed} of {len(times)} miss   (aims: {aims} times, {AIM_MS:g} ms)")
    return times, wrong


def scaled(
    settings: Settings,
    now: datetime,
    rounds: int,
    reports: list[str],
    before: dict[tuple[str, str], float],
) -> None:
    """Print every report's time over the larger store, as a ratio to that over the first."""
    missed = 0
    print(f"{'report':<22}{'window':>6}{'ms':>9}{'ratio':>7}")
    with Store(settings) as store:
        for name, window, took in answer_alone(store, now, rounds, reports):
            ratio = took / before[name, window]
            missed += ratio > AIM_SCALE
            print(f"{name:<22}{window:>6}{took:>9.1f}{ratio:>7.1f}", flush=True)
    print(f"  {missed} of {len(before)} miss   (aim: {AIM_SCALE:g} times the first)")


def lived(folder: Path, seconds: float, pause: float) -> None:
    """Print the wait for events to be durable, and as ratios to when nothing else goes on."""
    print(f"{BATCH} events {BATCHES_A_SECOND} times a second over {CONNECTIONS} connections, while")
    quiet = 0.0
    for one in waits(folder, seconds, pause, DAYS):
        quiet = quiet or one.p99
        print(
            f"  {one.name:<24}p50 {one.p50:>6.1f} ms  p99 {one.p99:>6.1f} ms"
            f" ({one.p99 / quiet:.1f})  longest {one.longest:>6.1f} ms"
            f"{f'  done {one.done} times' if one.done else ''}",
            flush=True,
        )


def _pace(what: str, events: int, seconds: float, aim: str = "") -> None:
    print(
        f"  {what:<24}{events / seconds:>10,.0f} events/s{f'   ({aim})' if aim else ''}", flush=True
    )


if __name__ == "__main__":
    main()
