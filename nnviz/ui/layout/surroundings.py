"""What stands around labels, as columns of numbers, and what rooms would cover of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.ui.layout.geometry import Box, Disc, Line

Numbers = NDArray[np.float64]

HARD = 4.0  # a neuron is worse to cover than another label
MEETING, CROSSING = 1000.0, 1.0  # the cost of lying on a thing, and on a line


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Things that labels must keep clear of, and lines that they had better not hide.

    `boxes` (N, 4) and `rooms` hold left, top, right and bottom, `discs` (N, 3) center and radius, `lines`
    (N, 4) start and end, `lengths` how long they are.
    """

    boxes: Numbers
    discs: Numbers
    lines: Numbers
    lengths: Numbers

    @classmethod
    def of(cls, things: Sequence[Box | Disc], lines: Iterable[Line] = ()) -> Surroundings:
        boxes = borders([one for one in things if isinstance(one, Box)])
        discs = _rows([(*one.center, one.radius) for one in things if isinstance(one, Disc)], 3)
        ends = _rows([(*line.start, *line.end) for line in lines], 4)
        lengths = [math.hypot(x1 - x0, y1 - y0) for x0, y0, x1, y1 in ends.tolist()]
        return cls(boxes, discs, ends, _rows(lengths, 1)[:, 0])

    def near(self, line: Line, rooms: Numbers) -> Surroundings:
        """What the rooms along a line may reach, without the line itself."""
        reach = hull(rooms)
        x, y, radius = self.discs.T
        around = np.stack([x - radius, y - radius, x + radius, y + radius], axis=1)
        x, y, x_end, y_end = self.lines.T
        low, high = (np.minimum(x, x_end), np.minimum(y, y_end)), (np.maximum(x, x_end), np.maximum(y, y_end))
        others = meet(np.stack([*low, *high], axis=1), reach)
        others &= (self.lines != (*line.start, *line.end)).any(axis=1)
        boxes, discs = self.boxes[meet(self.boxes, reach)], self.discs[meet(around, reach)]
        return Surroundings(boxes, discs, self.lines[others], self.lengths[others])

    def cost(self, rooms: Numbers) -> Numbers:
        """The cost of what each of some rooms covers."""
        return MEETING * self.met(rooms) + CROSSING * self.crossed(rooms)

    def met(self, rooms: Numbers) -> Numbers:
        """How much each room lies on the things."""
        discs = HARD * _depths(self.discs, rooms)
        met: Numbers = np.sqrt(overlaps(self.boxes, rooms)).sum(axis=0) + discs.sum(axis=0)
        return met

    def crossed(self, rooms: Numbers) -> Numbers:
        """The length of all parts of the lines that lie in each room."""
        lengths: Numbers = (_shares_inside(self.lines, rooms) * self.lengths[:, None]).sum(axis=0)
        return lengths


def borders(boxes: Sequence[Box]) -> Numbers:
    """Left, top, right and bottom of some boxes, (N, 4)."""
    corners = _rows(boxes, 4)
    corners[:, 2:] += corners[:, :2]
    return corners


def overlaps(boxes: Numbers, rooms: Numbers) -> Numbers:
    """The area that each box shares with each room, (boxes, rooms)."""
    left, top, right, bottom = boxes.T[:, :, None]
    wide = np.minimum(right, rooms[:, 2]) - np.maximum(left, rooms[:, 0])
    high = np.minimum(bottom, rooms[:, 3]) - np.maximum(top, rooms[:, 1])
    shared: Numbers = np.maximum(wide, 0.0) * np.maximum(high, 0.0)
    return shared


def hull(rooms: Numbers) -> Numbers:
    """Left, top, right and bottom of what holds all of some rooms."""
    return np.concatenate([rooms[:, :2].min(axis=0), rooms[:, 2:].max(axis=0)])


def meet(boxes: Numbers, reach: Numbers) -> NDArray[np.bool_]:
    """Which boxes meet another one, or touch it."""
    left, top, right, bottom = boxes.T
    meets: NDArray[np.bool_] = (
        (left <= reach[2]) & (right >= reach[0]) & (top <= reach[3]) & (bottom >= reach[1])
    )
    return meets


def _rows(rows: Sequence[object], columns: int) -> Numbers:
    return np.array(rows, dtype=float).reshape(-1, columns)


def _depths(discs: Numbers, rooms: Numbers) -> Numbers:
    """How far each room reaches into each disc; 0 where they do not meet."""
    x, y, radius = discs.T[:, :, None]
    across = np.minimum(np.maximum(x, rooms[:, 0]), rooms[:, 2]) - x
    down = np.minimum(np.maximum(y, rooms[:, 1]), rooms[:, 3]) - y
    return np.maximum(radius - np.hypot(across, down), 0.0)


def _shares_inside(lines: Numbers, rooms: Numbers) -> Numbers:
    """Which share of each line lies in each room (Liang and Barsky's clipping)."""
    x, y, x_end, y_end = lines.T[:, :, None]
    enters, leaves = _clipped(x, x_end - x, rooms[:, 0], rooms[:, 2])
    enters_down, leaves_down = _clipped(y, y_end - y, rooms[:, 1], rooms[:, 3])
    first = np.maximum(np.maximum(enters, enters_down), 0.0)
    last = np.minimum(np.minimum(leaves, leaves_down), 1.0)
    return np.maximum(last - first, 0.0)


def _clipped(start: Numbers, step: Numbers, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """The shares of a way at which it enters and leaves a strip; one along it is always inside, or never."""
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (low - start) / step, (high - start) / step
    stays = step == 0
    never = (low > start) | (high < start)
    enters = np.where(stays, np.where(never, np.inf, -np.inf), np.minimum(a, b))
    return enters, np.where(stays, np.inf, np.maximum(a, b))
