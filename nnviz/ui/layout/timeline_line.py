"""Where the stops of an iteration, or the iterations of a run, lie along a line. Plain numbers, no Qt."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from nnviz.engine.outline import Depth, Outline, Pass, Stage

PASS_GAP = 4.0
LEAST_SEGMENT = 12.0
LEAST_CELL = 9.0  # narrower places are not set off from each other
TO_THE_END = 2**31 - 1  # a position beyond every iteration: whoever seeks it comes to the end


@dataclass(frozen=True, slots=True)
class Cut:
    """A gap in a segment, between layers (wide) or the places in them (narrow)."""

    x: float
    is_layer: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """The part of the line that belongs to a pass: the stops after the `first` up to the `last`."""

    into: Pass | None
    left: float
    right: float
    first: int
    last: int
    cuts: tuple[Cut, ...] = ()

    def x_of(self, stops: float) -> float:
        """Where so many stops are behind."""
        return self.left + (self.right - self.left) * (stops - self.first) / (self.last - self.first)

    def stops_at(self, x: float) -> int:
        """How many stops are behind at the stop nearest to x."""
        share = (x - self.left) / (self.right - self.left)
        return self.first + round(min(max(share, 0.0), 1.0) * (self.last - self.first))


class Line(Protocol):
    """What can be scrubbed along."""

    @property
    def segments(self) -> tuple[Segment, ...]: ...

    def x_of(self, iteration: int, position: int) -> float: ...

    def place_at(self, x: float) -> tuple[int, int]: ...


@dataclass(frozen=True, slots=True)
class IterationLine:
    """The stops of one iteration at a depth, in a segment for each pass."""

    iteration: int
    stops: Sequence[int]
    segments: tuple[Segment, ...]

    def number(self, position: int) -> int:
        """The stop that a position is at or on the way to, counted from 1; 0 at the start."""
        return bisect_left(self.stops, position) + 1 if position > 0 else 0

    def x_of(self, iteration: int, position: int) -> float:
        """Where a position lies; between two stops in proportion."""
        if position <= 0:
            return self.segments[0].left
        behind = min(bisect_left(self.stops, position), len(self.stops) - 1)
        before = self.stops[behind - 1] if behind else 0
        share = (position - before) / (self.stops[behind] - before)
        segment = next(s for s in self.segments if s.first <= behind < s.last)
        return segment.x_of(behind + min(share, 1.0))

    def place_at(self, x: float) -> tuple[int, int]:
        """(iteration, position) of the stop nearest to x."""
        segment = min(self.segments, key=lambda s: max(s.left - x, x - s.right, 0.0))
        behind = segment.stops_at(x)
        return self.iteration, self.stops[behind - 1] if behind else 0


@dataclass(frozen=True, slots=True)
class RunLine:
    """All iterations of a run, from the first start to the last end; each has `length` leaves."""

    length: int
    segments: tuple[Segment, ...]

    def x_of(self, iteration: int, position: int) -> float:
        return self.segments[0].x_of(min(iteration + position / self.length, self.segments[0].last))

    def place_at(self, x: float) -> tuple[int, int]:
        """(iteration, position) of the end of an iteration nearest to x, or of the very start."""
        behind = self.segments[0].stops_at(x)
        return (behind - 1, TO_THE_END) if behind else (0, 0)


def iteration_line(outline: Outline, depth: Depth, iteration: int, width: float) -> IterationLine:
    """An iteration from 0 to `width`: segments as long as they have stops, none too short to hit."""
    stops = outline.stops(depth)
    groups = [group for group in outline.passes().values() if group]
    counts = [bisect_right(stops, g[-1].end) - bisect_right(stops, g[0].start) for g in groups]
    widths = _shared(width - PASS_GAP * (len(groups) - 1), counts)
    return IterationLine(iteration, stops, tuple(_segments(groups, stops, counts, widths)))


def run_line(outline: Outline, iterations: int, width: float) -> RunLine:
    """A run of so many iterations from 0 to `width`."""
    cuts: tuple[Cut, ...] = ()
    if width / iterations >= LEAST_CELL:
        cuts = tuple(Cut(width * k / iterations, False) for k in range(1, iterations))
    return RunLine(outline.length, (Segment(None, 0.0, width, 0, iterations, cuts),))


def _segments(
    groups: Sequence[tuple[Stage, ...]], stops: Sequence[int], counts: list[int], widths: list[float]
) -> Iterator[Segment]:
    left, first = 0.0, 0
    for group, count, width in zip(groups, counts, widths, strict=True):
        bare = Segment(group[0].into, left, left + width, first, first + count)
        yield Segment(bare.into, left, bare.right, first, bare.last, tuple(_cuts(bare, group, stops)))
        left, first = bare.right + PASS_GAP, bare.last


def _cuts(segment: Segment, group: tuple[Stage, ...], stops: Sequence[int]) -> Iterator[Cut]:
    """Between layers if they are wide enough, and between single stops if those are."""
    inside = range(segment.first + 1, segment.last)
    layers = [k for stage in group[:-1] if (k := bisect_right(stops, stage.end)) in inside]
    if (segment.right - segment.left) / (segment.last - segment.first) >= LEAST_CELL:
        yield from (Cut(segment.x_of(k), k in layers) for k in inside)
        return
    last = segment.left
    for x in map(segment.x_of, layers):
        if min(x - last, segment.right - x) >= LEAST_CELL:
            yield Cut(x, True)
            last = x


def _shared(width: float, counts: list[int]) -> list[float]:
    """A width dealt out in proportion, where every part gets at least its minimum."""
    least = min(LEAST_SEGMENT, width / len(counts))
    small: set[int] = set()
    while True:
        rest = width - least * len(small)
        total = sum(count for i, count in enumerate(counts) if i not in small)
        widths = [least if i in small else rest * count / total for i, count in enumerate(counts)]
        short = {i for i, one in enumerate(widths) if one < least - 1e-9}
        if not short:
            return widths
        small |= short
