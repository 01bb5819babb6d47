"""A run at full speed: how long it trains at a time, and how often the views follow it."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from nnviz.engine.timeline import Stop, Timeline

SLICE_SECONDS = 0.008  # training takes so long at a time, so that the window stays live
MOST_AT_ONCE = 16  # iterations
FRAME_SECONDS = 1 / 30  # from one picture of a run to the next
LEAST_SHARE = 0.5  # of the time that a picture takes goes to training before the next one, on a slow machine
SLOWER_SECONDS = 0.3  # between two pictures of what nobody can read while it flies by


class Pace:
    """Canvas and curves follow every frame; outline and tables a few times a second: training goes on."""

    def __init__(self) -> None:
        self._last = 0.0

    def is_due(self, is_running: bool) -> bool:
        """Whether the slower views are to be shown as well: always, unless a run has just shown them."""
        now = perf_counter()
        if is_running and now - self._last < SLOWER_SECONDS:
            return False
        self._last = now
        return True


class Frames:
    """When the next picture of a run is due: up to 30 a second, fewer on a machine that is busy."""

    def __init__(self) -> None:
        self._next = 0.0

    def is_due(self) -> bool:
        return perf_counter() >= self._next

    def show(self, picture: Callable[[], None]) -> None:
        """Show one, and see how long that takes."""
        began = perf_counter()
        picture()
        took = perf_counter() - began
        self._next = began + max(FRAME_SECONDS, (1 + LEAST_SHARE) * took)


class Slices:
    """Training in slices of milliseconds, so many iterations a call that the clock costs next to nothing."""

    def __init__(self) -> None:
        self._burst = 1

    def run(self, timeline: Timeline, stop: Stop) -> bool:
        """One slice; True when the run is over. At least one iteration, however long it takes."""
        until = perf_counter() + SLICE_SECONDS
        while True:
            began = perf_counter()
            over = timeline.extend(self._burst, stop)
            now = perf_counter()
            if over or now >= until:
                self._burst = 1
                return over
            self._burst = min(2 * self._burst, MOST_AT_ONCE) if 8 * (now - began) < SLICE_SECONDS else 1
