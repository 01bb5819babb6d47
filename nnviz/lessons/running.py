"""Running on as far as somebody wants to look, with a word now and then about how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from nnviz.engine.timeline import Stop, Timeline

Told = Callable[[int, int], None]  # the iteration that is reached, and the one on the way to
BETWEEN_SECONDS = 0.05  # from one word to the next
MOST_AT_ONCE = 1024  # iterations


def silent(iteration: int, goal: int) -> None:
    """Nobody listens."""


def run_to(timeline: Timeline, iteration: int, told: Told = silent) -> None:
    """Run until an iteration can be looked at, or the run is over."""
    run_until(timeline, Stop(iterations=iteration), told)


def run_until(timeline: Timeline, stop: Stop, told: Told = silent) -> None:
    """Run until a stop criterion holds, or the run is over."""
    burst = 1
    while True:
        began = perf_counter()
        if timeline.extend(burst, stop):
            return
        told(timeline.length - 1, stop.iterations)
        is_quick = perf_counter() - began < BETWEEN_SECONDS
        burst = min(2 * burst, MOST_AT_ONCE) if is_quick else max(1, burst // 2)
