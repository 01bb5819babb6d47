"""The error on a grid of weights, computed in slices: coarse at once, finer when nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from nnviz.engine.landscape import Landscape
from nnviz.ui.tabs.error.weight_range import Numbers, Range

SLICE_SECONDS = 0.008
GRIDS = (24, 48, 96, 192)  # points along each side, for two weights
LINES = (49, 193, 385)  # points of the curve, for one
PAUSE = 150  # milliseconds before a finer grid: while a run goes on, there is a new surface before
WORK_AT_FIRST = 1_500_000  # multiplications of the first grid, if there is one with so few
MOST_WORK = 800_000_000  # multiplications of a grid: about a second; the first is computed in any case


Wanted = tuple[Landscape, tuple[Range, ...]]


@dataclass(frozen=True, eq=False)
class Surface:
    """E over ranges of one or two weights: `heights` is (n,) or, from bottom to top, (n, n)."""

    landscape: Landscape
    ranges: tuple[Range, ...]
    heights: Numbers


class SurfaceWork(QObject):
    """Tells each grid when it is done. What is asked for twice is computed once."""

    done = Signal(object)  # Surface

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Wanted | None = None
        self._current: Wanted | None = None
        self._work: Iterator[Surface | None] = iter(())
        self._is_rough = False  # not even the first grid is done
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_tick)

    @property
    def is_busy(self) -> bool:
        return self._timer.isActive()

    def ask(self, landscape: Landscape, ranges: tuple[Range, ...]) -> None:
        """Compute this. While a run goes on, the first grid of what was asked before is still finished."""
        wanted = (landscape, ranges)
        if _is_same(self._wanted, wanted):
            return
        self._wanted = wanted
        same_weights = self._current is not None and self._current[0].refs == landscape.refs
        if not (self.is_busy and self._is_rough and same_weights):
            self._begin()
        self._on_tick()

    def stop(self) -> None:
        """Leave off; what is asked for next is computed anew."""
        self._timer.stop()
        self._wanted = self._current = None

    def _begin(self) -> None:
        assert self._wanted is not None
        self._current = self._wanted
        self._work = _grids(*self._wanted)
        self._is_rough = True
        self._timer.start(0)

    def _on_tick(self) -> None:
        """One slice."""
        self._timer.setInterval(0)
        until = perf_counter() + SLICE_SECONDS
        while self._timer.isActive() and self._timer.interval() == 0 and perf_counter() < until:
            self._go_on()

    def _go_on(self) -> None:
        try:
            surface = next(self._work)
        except StopIteration:
            self._timer.stop()
            return
        if surface is None:
            return
        self._is_rough = False
        if self._current is not self._wanted:
            self._begin()
        else:
            self._timer.start(PAUSE)
        self.done.emit(surface)


def _is_same(before: Wanted | None, now: Wanted) -> bool:
    return before is not None and before[1] == now[1] and now[0].is_same(before[0])


def _grids(landscape: Landscape, ranges: tuple[Range, ...]) -> Iterator[Surface | None]:
    """Each grid when it is done, and None after every piece of work."""
    for count in _counts(landscape.work, len(ranges)):
        shape = (count,) * len(ranges)
        axes = np.meshgrid(*(one.steps(count) for one in ranges))
        points = np.column_stack([axis.ravel() for axis in axes])
        heights = np.empty(len(points))
        for start in range(0, len(points), landscape.points_at_once):
            piece = slice(start, start + landscape.points_at_once)
            heights[piece] = landscape.losses(points[piece])
            yield None
        yield Surface(landscape, ranges, heights.reshape(shape))


def _counts(work: int, weights: int) -> list[int]:
    """How many points each grid has along a side: the finest that is there at once, and finer ones."""
    counts = LINES if weights == 1 else GRIDS
    costs = [work * count**weights for count in counts]
    first = max(0, sum(cost <= WORK_AT_FIRST for cost in costs) - 1)
    return [
        count
        for place, count in enumerate(counts)
        if place == first or (place > first and costs[place] <= MOST_WORK)
    ]
