"""Places for labels: no two meet, and none lies on a thing it must not cover.

Every label has some places where it may stand. Starting from the one each likes best, the labels move in
turn to where they disturb least until none wants to move. A few dozen labels settle within some rounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from nnviz.ui.layout.geometry import Box, Line, Point
from nnviz.ui.layout.surroundings import MEETING, Numbers, Surroundings, borders, hull, meet, overlaps

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
SLIDING = 20.0  # the cost of standing far from the best share


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
    line: Line, size: LabelSize, around: Surroundings, shares: Sequence[float] = SHARES
) -> list[Candidate]:
    """The places of a label that slides along an edge."""
    places = [line.start.toward(line.end, share) for share in shares]
    boxes = [size.box(at) for at in places]
    rooms = borders(boxes)
    costs = around.near(line, rooms).cost(rooms).tolist()
    return [
        Candidate(at, room, cost + SLIDING * abs(share - BEST_SHARE))
        for at, room, cost, share in zip(places, boxes, costs, shares, strict=True)
    ]


def settle(candidates: Mapping[Key, Sequence[Candidate]]) -> Settled:
    """The places at which the labels come to rest; where they get stuck, they start again from elsewhere."""
    if not candidates:
        return Settled({})
    every = [place for places in candidates.values() for place in places]
    room = _Room(every, list(candidates.values()))
    chosen = room.settled()
    places = {key: every[index] for key, index in zip(candidates, chosen, strict=True)}
    costs = dict(zip(places, room.costs(chosen), strict=True))
    crowded = sorted((key for key, cost in costs.items() if cost >= MEETING), key=lambda key: -costs[key])
    return Settled(places, tuple(crowded))


@dataclass(frozen=True, slots=True)
class _Others:
    """The labels that one may meet, and how much each of its places lies on each of theirs.

    `shifts` leads from the number of a place of theirs to its column.
    """

    labels: NDArray[np.int_]
    shifts: NDArray[np.int_]
    met: Numbers

    def costs(self, chosen: NDArray[np.int_]) -> Numbers:
        """What it costs to stand at each of its places."""
        found: Numbers = self.met[:, self._columns(chosen)].sum(axis=1)
        return found

    def cost(self, place: int, chosen: NDArray[np.int_]) -> float:
        """What it costs to stand at one of its places."""
        return float(self.met[place, self._columns(chosen)].sum())

    def _columns(self, chosen: NDArray[np.int_]) -> NDArray[np.int_]:
        return chosen[self.labels] - self.shifts


class _Room:
    """All candidates of all labels in one row, and who may meet whom."""

    def __init__(self, every: Sequence[Candidate], groups: Sequence[Sequence[Candidate]]) -> None:
        self._ends = np.cumsum([len(group) for group in groups])
        self._starts = self._ends - [len(group) for group in groups]
        self._parts = [slice(*ends) for ends in zip(self._starts.tolist(), self._ends.tolist(), strict=True)]
        self._own = np.array([place.cost for place in every])
        rooms = borders([place.room for place in every])
        hulls = np.array([hull(rooms[part]) for part in self._parts])
        self._others = [self._beside(label, rooms, hulls) for label in range(len(groups))]

    def _beside(self, label: int, rooms: Numbers, hulls: Numbers) -> _Others:
        is_near = meet(hulls, hulls[label])
        is_near[label] = False
        labels = np.flatnonzero(is_near)
        counts = self._ends[labels] - self._starts[labels]
        theirs = rooms[np.repeat(is_near, self._ends - self._starts)]
        shifts = self._starts[labels] - (np.cumsum(counts) - counts)
        return _Others(labels, shifts, MEETING * np.sqrt(overlaps(rooms[self._parts[label]], theirs)))

    def settled(self) -> NDArray[np.int_]:
        """The best of some attempts, or the first in which all labels stand free."""
        best = self._descend([part.start + int(self._own[part].argmin()) for part in self._parts])
        chance = Random(0)
        for _ in range(TRIES):
            if self.is_free(best):
                break
            start = [chance.randrange(part.start, part.stop) for part in self._parts]
            best = min(best, self._descend(start), key=self._total)
        return best

    def _descend(self, start: list[int]) -> NDArray[np.int_]:
        """Every label moves to its best place, again whenever one that it may meet has moved."""
        chosen, stale = np.array(start), set(range(len(start)))
        for _ in range(ROUNDS):
            for label, part in enumerate(self._parts):
                if label not in stale:
                    continue
                stale.remove(label)
                others = self._others[label]
                best = part.start + int((self._own[part] + others.costs(chosen)).argmin())
                if best != chosen[label]:
                    chosen[label] = best
                    stale.update(others.labels.tolist())
            if not stale:
                break
        return chosen

    def _met(self, chosen: NDArray[np.int_]) -> Numbers:
        """How much each label lies on the others."""
        places = zip(self._others, (chosen - self._starts).tolist(), strict=True)
        return np.array([others.cost(place, chosen) for others, place in places])

    def _total(self, chosen: NDArray[np.int_]) -> float:
        return float(self._own[chosen].sum() + self._met(chosen).sum() / 2)

    def costs(self, chosen: NDArray[np.int_]) -> list[float]:
        found: list[float] = (self._own[chosen] + self._met(chosen)).tolist()
        return found

    def is_free(self, chosen: NDArray[np.int_]) -> bool:
        return all(cost < MEETING for cost in self.costs(chosen))
