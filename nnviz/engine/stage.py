"""The kinds of places in an iteration: depths, passes, and what one layer computes in one of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

from nnviz.engine.graph import Graph, Layer
from nnviz.engine.ref import Part, Ref
from nnviz.engine.units import Units


class Depth(IntEnum):
    """How much one step covers, from finest to coarsest: a zoom, not a mode.

    A neuron is a cell where neurons stand in maps; only such networks have the depth of a map.
    Where they stand in steps of time, the depth of a map is that of one step.
    """

    TERM = 1
    NEURON = 2
    MAP = 3
    LAYER = 4
    PASS = 5
    ITERATION = 6
    EPOCH = 7


def depths_of(graph: Graph) -> tuple[Depth, ...]:
    """The depths at which a network can be stepped through."""
    return tuple(depth for depth in Depth if depth is not Depth.MAP or graph.has_maps or graph.has_steps)


class Pass(StrEnum):
    """The parts of an iteration, each with its hue."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


class Kind(StrEnum):
    """What a stage computes for each of its units."""

    SUM = "sum"  # z, and a of a dense layer where φ is a function of one number
    ACTIVATION = "activation"  # a of a layer whose units compete (softmax), or of maps
    POOL = "pool"  # one number of every window
    LOSS = "loss"
    ERROR = "error"  # ∂E/∂a of a layer whose units compete, ∂E/∂p of a pooling layer
    DELTA = "delta"  # ∂E/∂a and δ
    GRADIENT = "gradient"  # ∂E/∂w
    UPDATE = "update"  # w ← w − α·∂E/∂w


class Leaf(NamedTuple):
    """The smallest thing that can be stepped to: a number, or one term of the sum that makes it."""

    ref: Ref
    term: int | None = None


Results = tuple[tuple[Ref, int], ...]


class Draft(NamedTuple):
    """A stage before it has its place; `lengths` counts the leaves of a unit, one number if all are alike."""

    kind: Kind
    into: Pass
    layer: Layer | None
    places: Units
    results: Callable[[int], Results]
    computes: tuple[tuple[str, Part], ...]
    lengths: int | Sequence[int]


def steppable(terms: int) -> int:
    """A sum of one term is not stepped term by term."""
    return terms if terms > 1 else 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One layer in one pass.

    `results(unit)` lists what is computed for a unit, and from how many steppable terms; `computes` names
    the quantities as (scope, part). `starts` holds the position at which each unit begins, and the end.
    """

    kind: Kind
    into: Pass
    layer: Layer | None
    places: Units
    results: Callable[[int], Results]
    computes: tuple[tuple[str, Part], ...]
    starts: Sequence[int]

    @property
    def name(self) -> tuple[str, Kind, Pass]:
        """What tells a stage from the others of its iteration."""
        return self.layer.scope if self.layer is not None else "", self.kind, self.into

    @property
    def start(self) -> int:
        return self.starts[0]

    @property
    def end(self) -> int:
        return self.starts[-1]

    @property
    def units(self) -> int:
        return len(self.starts) - 1

    @property
    def groups(self) -> int:
        """How many maps or filters there are; one where units do not stand in maps."""
        return self.units // self.places.group

    def unit_at(self, position: int) -> int:
        """The unit whose leaf was computed last at a position inside this stage."""
        return bisect_right(self.starts, position - 1) - 1

    def group_at(self, position: int) -> int:
        """The map or filter whose leaf was computed last."""
        return self.unit_at(position) // self.places.group

    def group_ends(self, group: int) -> tuple[int, int]:
        """(start, end) of a map or filter."""
        first = group * self.places.group
        return self.starts[first], self.starts[first + self.places.group]

    def leaf(self, position: int) -> Leaf:
        """The leaf computed last at a position inside this stage."""
        unit = self.unit_at(position)
        left = position - self.starts[unit] - 1
        for ref, terms in self.results(unit):
            if left < terms:
                return Leaf(ref, left)
            if left == terms:
                return Leaf(ref)
            left -= terms + 1
        raise IndexError(position)
