"""A row of the outline: a place of an iteration, and how it lies to the current one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth, Kind, Pass, Stage
from nnviz.engine.ref import Ref


class Level(StrEnum):
    """What kind of place a row is, from the outermost to the innermost."""

    ITERATION = "iteration"
    PASS = "pass"
    GROUP = "group"  # all ∂E/∂w, which are computed after all δ
    STAGE = "stage"
    RANGE = "range"  # time steps of a long sequence
    MAP = "map"  # or the filter that makes it, a step of time, or the gate of weights that all steps share
    GATE = "gate"  # a vector that is computed in a step of time
    UNIT = "unit"
    RUN = "run"  # units in a row that are summed up: “8 cells”

    @property
    def rank(self) -> int:
        return tuple(Level).index(self)


class State(StrEnum):
    """How a place lies to the current one."""

    AHEAD = "ahead"
    AROUND = "around"  # the current place is inside it
    CURRENT = "current"
    DONE = "done"
    OVER = "not in this sequence"  # a step that the example in focus does not have


IN_STEPS = (Level.RANGE, Level.MAP, Level.GATE, Level.UNIT, Level.RUN)
DEEPEST = {  # the level on which the current place of a depth is marked
    Depth.TERM: Level.UNIT,
    Depth.NEURON: Level.UNIT,
    Depth.MAP: Level.MAP,
    Depth.LAYER: Level.STAGE,
    Depth.PASS: Level.PASS,
    Depth.ITERATION: Level.ITERATION,
    Depth.EPOCH: Level.ITERATION,
}


@dataclass(eq=False, slots=True)
class Place:
    """A row: what takes an iteration from `start` to `end`. `key` names it, whatever the iteration.

    A row of units holds those from `unit` on, `count` of them.
    """

    key: tuple[str, ...]
    level: Level
    title: str
    start: int
    end: int
    parent: Place | None
    row: int
    into: Pass | None = None
    stages: tuple[Stage, ...] = ()
    unit: int = 0
    count: int = 1
    number: int = 0  # its place in the model's list, which Qt's indices carry
    children: tuple[Place, ...] | None = None

    @property
    def is_leaf(self) -> bool:
        if self.into is not Pass.LOSS or self.level in (Level.UNIT, Level.RUN):
            return self.level in (Level.UNIT, Level.RUN)
        return len(self.stages) == 1 and self.stages[0].units == 1

    def around(self) -> tuple[Place, ...]:
        """The places it is part of, from the outermost."""
        return (*self.parent.around(), self.parent) if self.parent else ()


def inside(parent: Place, row: int, level: Level, name: str, title: str, stages: tuple[Stage, ...]) -> Place:
    """A place that covers whole stages."""
    key = (*parent.key, name)
    return Place(key, level, title, stages[0].start, stages[-1].end, parent, row, stages[0].into, stages)


def units_inside(
    parent: Place, row: int, level: Level, name: str, title: str, first: int, count: int
) -> Place:
    """A place that covers units of the one stage of its parent."""
    stage = parent.stages[0]
    place = inside(parent, row, level, name, title, parent.stages)
    place.unit, place.count = first, count
    place.start, place.end = stage.starts[first], stage.starts[first + count]
    return place


def results_of(stage: Stage, unit: int) -> list[Ref]:
    """What a unit computes in a stage, without the steps on the way: a rather than z, δ rather than ∂E/∂a."""
    refs = [ref for ref, _ in stage.results(unit)]
    return refs if stage.kind in (Kind.GRADIENT, Kind.UPDATE) else refs[-1:]


def is_over(moment: Moment, place: Place) -> bool:
    """Whether all of a place belongs to steps that the sequence of the example in focus does not have."""
    if place.level not in IN_STEPS or not moment.graph.has_steps:
        return False
    ends = (place.unit, place.unit + place.count - 1)  # steps follow each other, in either direction
    refs = [ref for unit in ends for ref in results_of(place.stages[0], unit)[-1:]]
    return bool(refs) and all(map(moment.is_over, refs))


def numbered(places: Iterable[Place]) -> tuple[Place, ...]:
    """Rows under the same place, each with its number among them."""
    rows = tuple(places)
    for row, place in enumerate(rows):
        place.row = row
    return rows
