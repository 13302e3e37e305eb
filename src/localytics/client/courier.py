"""Courier: the one background thread, which makes lines of calls and brings them to the service.

What can't be brought goes to the spool, and from there to the service later, oldest first. Lines
are in memory, in the spool or both until the service has said that it has them.
"""

import logging
import random
import threading
import time

from localytics.client.line import line
from localytics.client.post import AwayError, Post, RefusedError, Taken
from localytics.client.spool import Spool
from localytics.client.tally import Tally
from localytics.client.waiting import BATCH_BYTES, BATCH_EVENTS, Waiting

log = logging.getLogger("localytics.client")

_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 30.0
_PAUSE_WHEN_FLUSHING_SECONDS = 0.1


class Courier:
    """Carries what is in `waiting`; `source` is for events that name none."""

    def __init__(
        self,
        waiting: Waiting,
        post: Post,
        spool: Spool,
        tally: Tally,
        *,
        source: str | None,
        flush_seconds: float,
    ) -> None:
        self._waiting = waiting
        self._post = post
        self._spool = spool
        self._tally = tally
        self._source = source
        self._flush_seconds = flush_seconds
        self._held: list[bytes] = []  # lines that are being sent, or that no disk would keep
        self._handing = threading.Lock()  # while lines pass from one place to the next
        self._left = False  # the end came while a request went on: somebody else put all away
        self._settled = threading.Condition()
        self._flushing = 0
        self._nothing_kept = False  # of ours: what another process is sending is in good hands
        self._until: float | None = None  # the end, once it is known
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="localytics-client", daemon=True)

    @property
    def waiting(self) -> int:
        """Events in memory."""
        return len(self._waiting) + len(self._held)

    def start(self) -> None:
        self._thread.start()

    def flush(self, timeout: float) -> bool:
        """Whether within `timeout` seconds nothing was left in memory, nor of ours in the spool."""
        with self._settled:
            self._flushing += 1
            self._waiting.ring()
            try:
                return self._settled.wait_for(self._is_done, timeout)
            finally:
                self._flushing -= 1

    def close(self, timeout: float) -> None:
        """Send what can be sent within `timeout` seconds, and put away the rest."""
        self._until = time.monotonic() + timeout
        self._waiting.close()
        self._waiting.ring()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        with self._handing:
            self._left = True
            while self._pack():
                if not self._put_away():
                    self._tally.drop("lost", len(self._held))
                    self._held = []
        if not self._thread.is_alive():
            self._post.close()
        self._tally.say(now=True)

    def leave_to_parent(self) -> None:
        """In a forked process: let go of the connection and of what is being sent."""
        self._post.close()
        self._spool.leave_to_parent()

    def _run(self) -> None:
        while not self._left:
            is_last = self._until is not None
            pause: float | None = None
            try:
                self._send_all()
            except AwayError as error:
                pause = self._pause_seconds(error)
            except Exception:
                log.exception("Events can't be sent, and are kept")
                pause = _LONGEST_PAUSE_SECONDS
            self._tally.say()
            with self._settled:
                self._settled.notify_all()
            if is_last:
                return
            if pause is None:
                self._rest()
            else:
                self._pause(pause)

    def _send_all(self) -> None:
        """Send what waits and what is in the spool, in turn, until there is nothing left."""
        self._nothing_kept = False
        is_more = True
        while is_more:
            if self._until is not None and time.monotonic() > self._until:
                return
            is_more = self._send_batch()
            is_more = self._send_segment() or is_more
        self._nothing_kept = True

    def _send_batch(self) -> bool:
        with self._handing:
            if self._left or not self._pack():
                return False
            held = self._held
        try:
            taken = self._deliver(held)
        except AwayError:
            with self._handing:
                if not self._left:
                    self._put_away()
            raise
        with self._handing:
            self._held = []
        self._carried(taken)
        return True

    def _send_segment(self) -> bool:
        with self._spool.oldest() as segment:
            if segment is None:
                return False
            taken = self._deliver(segment.lines)
            segment.done = True
        self._carried(taken)
        return True

    def _deliver(self, lines: list[bytes]) -> Taken:
        """Send `lines`; where the service refuses all of them, find the bad ones by halving."""
        try:
            return self._post.send(lines)
        except RefusedError as error:
            if len(lines) == 1:
                return Taken(rejected=(str(error),))
        middle = len(lines) // 2
        return self._deliver(lines[:middle]) + self._deliver(lines[middle:])

    def _carried(self, taken: Taken) -> None:
        self._tally.add(taken)
        if self._failures > 1:
            log.info("%s is back: what was kept is being sent", self._post.url)
        self._failures = 0

    def _pack(self) -> bool:
        """Make a batch of what waits, if none is held; whether there is one."""
        if self._held:
            return True
        lines = self._held = []  # at once, so that each is counted as waiting here or there
        size = 0
        for at_ns, event_type, fields, _ in self._waiting.take():
            try:
                lines.append(line(at_ns, event_type, fields, self._source))
            except Exception as error:  # fields are the app's own objects
                self._tally.drop("invalid", why=str(error))
                continue
            size += len(lines[-1])
            if len(lines) == BATCH_EVENTS or size >= BATCH_BYTES:
                break
        return bool(lines)

    def _put_away(self) -> bool:
        """Move the batch to the spool; whether that could be done."""
        given_up = self._spool.write(self._held)
        if given_up is None:
            return False
        if given_up:
            self._tally.drop("spool_full", given_up)
        self._held = []
        self._nothing_kept = False
        return True

    def _is_done(self) -> bool:
        with self._handing:
            return self._nothing_kept and not self.waiting

    def _rest(self) -> None:
        """Until there is something to send, and a moment longer so that it has company."""
        while not self._hurries() and not self._waiting:
            self._waiting.wait(self._tally.quiet_seconds())
            self._tally.say()
        until = time.monotonic() + self._flush_seconds
        while not self._hurries() and not self._waiting.fills_a_batch:
            left = until - time.monotonic()
            if left <= 0:
                break
            self._waiting.wait(left)

    def _hurries(self) -> bool:
        return self._until is not None or (self._flushing > 0 and not self._is_done())

    def _pause_seconds(self, error: AwayError) -> float:
        self._failures += 1
        if self._failures == 2:  # once may be a restart
            log.warning("Events for %s are kept and sent later: %s", self._post.url, error)
        pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures, 10))
        if self._flushing:
            pause = _PAUSE_WHEN_FLUSHING_SECONDS
        return max(error.retry_seconds or 0.0, pause * random.uniform(0.5, 1.0))  # noqa: S311

    def _pause(self, seconds: float) -> None:
        """Leave the service alone for a while, but put away what fills a batch meanwhile."""
        flushing = self._flushing
        until = time.monotonic() + seconds
        while self._until is None and self._flushing <= flushing:
            left = until - time.monotonic()
            if left <= 0:
                return
            self._waiting.wait(left)
            with self._handing:
                while not self._left and (self._held or self._waiting.fills_a_batch):
                    if not (self._pack() and self._put_away()):
                        break
            self._tally.say()
