"""Smart filter: how far a million posts shrink, and how much of a move is never left out.

Random walks of 1,000 devices with two metrics each go through the filter as
requests do, up to the store; a plain model says at each post what should have become of it.
"""

import argparse
import asyncio
import time
from datetime import UTC, datetime
from fractions import Fraction
from random import Random

from localytics.event import Event
from localytics.receive.collectors.device_metrics import DeviceMetrics, notice
from localytics.receive.smart_filter import SmartFilter
from localytics.settings import Device
from localytics.sink import Outcome

DEVICES = 1_000
SNAPSHOT_MS = 300_000
SECOND_MS = 1_000


async def run(posts: int, every_seconds: int) -> None:
    dice = Random(5)
    smart = SmartFilter(Device())
    at = int(datetime.now(UTC).timestamp() * 1000) - posts // DEVICES * every_seconds * SECOND_MS
    walks = [[dice.uniform(10, 90), dice.uniform(20, 60)] for _ in range(DEVICES)]
    last: dict[int, tuple[int, dict[str, float]]] = {}
    stored = wrong = 0
    largest = Fraction(0)
    spent = 0.0

    async def sink(events: list[Event], size: int, *, replay: bool = False) -> Outcome:  # noqa: ARG001
        return Outcome(accepted=len(events))

    for number in range(posts):
        device = number % DEVICES
        if device == 0:
            at += every_seconds * SECOND_MS
        walk = walks[device]
        walk[0] += dice.gauss(0, 0.4)
        walk[1] += dice.gauss(0, 0.1)
        metrics = {"cpu": round(walk[0], 2), "temperature": round(walk[1], 2)}
        sent = DeviceMetrics(device_id=f"device {device}", metrics=metrics, timestamp=at)
        began = time.perf_counter()
        told = await notice(sent, 1, smart, sink)
        spent += time.perf_counter() - began
        before = last.get(device)
        move = (
            Fraction(1)
            if before is None
            else max(
                abs(Fraction(str(value)) - Fraction(str(before[1][name])))
                / abs(Fraction(str(before[1][name])))
                if before[1][name]
                else Fraction(value != 0)
                for name, value in metrics.items()
            )
        )
        due = before is None or at - before[0] >= SNAPSHOT_MS
        wrong += told.stored != (due or move > Fraction(1, 20))
        if told.stored:
            stored += 1
            last[device] = at, metrics
        else:
            largest = max(largest, move)
    print(f"posts                       {posts:>10,}")
    print(f"devices                     {DEVICES:>10,}, each every {every_seconds} s")
    print(f"stored                      {stored:>10,}  (1 of {posts / stored:.1f})")
    print(f"largest move not stored     {float(largest) * 100:>10.4f} %")
    print(f"other than the plain model  {wrong:>10,}")
    print(f"filtered a second           {posts / spent:>10,.0f}")
    if wrong or largest > Fraction(1, 20):
        raise SystemExit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--every-seconds", type=int, default=10)
    given = parser.parse_args()
    asyncio.run(run(given.posts, given.every_seconds))


if __name__ == "__main__":
    main()
