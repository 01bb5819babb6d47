"""Places for labels: no two meet, and none lies on a thing it must not cover.

Every label has some places where it may stand. Starting from the one each likes best, the labels move in
turn to where they disturb least until none wants to move. A few dozen labels settle within some rounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from nnviz.ui.layout.geometry import Box, Disc, Line, Point, inside

Key = tuple[int, ...]
Edge = tuple[int, int, int]  # layer, unit, source

SHARES = tuple(0.30 + 0.03 * step for step in range(13)) + (
    0.27,
    0.24,
    0.21,
    0.18,
    0.15,
    0.69,
    0.72,
    0.75,
    0.78,
    0.81,
    0.84,
)
END_SHARES = (0.12, 0.09, 0.06, 0.87, 0.90, 0.93)  # if there is nowhere else
BEST_SHARE = 0.45
ROUNDS, TRIES = 24, 24
HARD = 4.0  # a neuron is worse to cover than another label
MEETING, CROSSING, SLIDING = 1000.0, 1.0, 20.0  # the cost of lying on a thing, on a line, far from the best


@dataclass(frozen=True, slots=True)
class LabelSize:
    """The room of a label around the middle of its first line; a second line may stand below it."""

    width: float
    above: float
    below: float

    def box(self, at: Point) -> Box:
        return Box(at.x - self.width / 2, at.y - self.above, self.width, self.above + self.below)

    def one_line(self) -> LabelSize:
        return LabelSize(self.width, self.above, self.above)

    def wider(self, by: float) -> LabelSize:
        return LabelSize(self.width + by, self.above, self.below)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a label may stand, and what it costs to stand there whatever the others do."""

    at: Point
    room: Box
    cost: float


@dataclass(frozen=True, slots=True)
class Settled:
    """Where the labels stand, and which of them meet something, the worst first."""

    places: dict[Key, Candidate]
    crowded: tuple[Key, ...] = ()

    @property
    def is_free(self) -> bool:
        return not self.crowded


def number_width(digits: int, pixels: float) -> float:
    """About the width of a signed number with so many decimals."""
    return pixels * (0.62 * (digits + 2) + 0.32)


def label_size(digits: int, pixels: float) -> LabelSize:
    """The room of a weight with a second number of `digits` decimals below it."""
    return LabelSize(number_width(digits, pixels) + 6, 0.7 * pixels, 2.0 * pixels)


def along(
    line: Line,
    size: LabelSize,
    things: Sequence[Box | Disc],
    lines: Iterable[Line],
    shares: Sequence[float] = SHARES,
) -> list[Candidate]:
    """The places of a label that slides along an edge."""
    others = [other for other in lines if other != line]
    found = []
    for share in shares:
        at = line.start.toward(line.end, share)
        room = size.box(at)
        cost = covering(room, things, others) + SLIDING * abs(share - BEST_SHARE)
        found.append(Candidate(at, room, cost))
    return found


def covering(room: Box, things: Sequence[Box | Disc], lines: Iterable[Line]) -> float:
    """The cost of what a room covers: things it must keep clear of, and lines it had better not hide."""
    met = sum(HARD * one.depth(room) if isinstance(one, Disc) else one.overlap(room) ** 0.5 for one in things)
    return MEETING * met + CROSSING * sum(inside(line, room) for line in lines)


def settle(candidates: Mapping[Key, Sequence[Candidate]]) -> Settled:
    """The places at which the labels come to rest; where they get stuck, they start again from elsewhere."""
    if not candidates:
        return Settled({})
    every = [place for places in candidates.values() for place in places]
    room = _Room(every, list(candidates.values()))
    chosen = room.settled()
    places = {key: every[index] for key, index in zip(candidates, chosen, strict=True)}
    costs = dict(zip(places, room.costs(chosen).tolist(), strict=True))
    crowded = sorted((key for key, cost in costs.items() if cost >= MEETING), key=lambda key: -costs[key])
    return Settled(places, tuple(crowded))


class _Room:
    """All candidates of all labels in one row, and how much each two of them overlap."""

    def __init__(self, every: Sequence[Candidate], groups: Sequence[Sequence[Candidate]]) -> None:
        ends = np.cumsum([len(group) for group in groups])
        self._slices = [slice(end - len(group), end) for end, group in zip(ends, groups, strict=True)]
        self._own = np.array([place.cost for place in every])
        self._met = MEETING * np.sqrt(_overlaps(np.array([place.room for place in every])))
        for part in self._slices:
            self._met[part, part] = 0.0

    def settled(self) -> list[int]:
        """The best of some attempts, or the first in which all labels stand free."""
        best = self._descend([part.start + int(self._own[part].argmin()) for part in self._slices])
        chance = Random(0)
        for _ in range(TRIES):
            if self.is_free(best):
                break
            start = [chance.randrange(part.start, part.stop) for part in self._slices]
            best = min(best, self._descend(start), key=self._total)
        return best

    def _descend(self, chosen: list[int]) -> list[int]:
        for _ in range(ROUNDS):
            before = list(chosen)
            for label, part in enumerate(self._slices):
                costs = self._own[part] + self._met[part, chosen].sum(axis=1)
                chosen[label] = part.start + int(costs.argmin())
            if chosen == before:
                break
        return chosen

    def _total(self, chosen: list[int]) -> float:
        return float(self._own[chosen].sum() + self._met[np.ix_(chosen, chosen)].sum() / 2)

    def costs(self, chosen: list[int]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self._own[chosen] + self._met[np.ix_(chosen, chosen)].sum(axis=1)
        return found

    def is_free(self, chosen: list[int]) -> bool:
        return bool((self.costs(chosen) < MEETING).all())


def _overlaps(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The area that each two of some boxes share."""
    x, y, wide, high = boxes.T
    across = np.minimum.outer(x + wide, x + wide) - np.maximum.outer(x, x)
    down = np.minimum.outer(y + high, y + high) - np.maximum.outer(y, y)
    return np.maximum(across, 0.0) * np.maximum(down, 0.0)
