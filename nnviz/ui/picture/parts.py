"""The parts of a picture of a network: frozen, so that an item sees at once whether it must change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from nnviz.engine.outline import Pass
from nnviz.engine.ref import Ref
from nnviz.ui.layout.labels import Edge
from nnviz.ui.layout.sketch import Sketch
from nnviz.ui.picture.conditions import Condition


class Flow(Enum):
    """What happens on an edge just now."""

    REST = "rest"
    FORWARD = "forward"  # an activation travels along it
    BACKWARD = "backward"  # an error comes back along it
    WEIGHED = "weighed"  # its gradient or its new weight is computed


@dataclass(frozen=True, slots=True)
class Number:
    """A number with everything that changes its look. `text` is empty while it is not computed.

    `role` gives the hue, `tag` the place among the factors of the formula (0: not a factor). An echo repeats
    what follows from other numbers, as the product w·a; a click on it leads to `ref`.
    """

    ref: Ref
    text: str
    value: float | None = None
    role: str = "plain"
    tag: int = 0
    is_selected: bool = False
    is_pointed: bool = False
    is_echo: bool = False

    @property
    def is_computed(self) -> bool:
        return self.value is not None


@dataclass(frozen=True, slots=True)
class ColumnPart:
    title: str
    into: Pass | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class InputPart:
    number: str
    name: str
    value: Number
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class ParameterPart:
    """A weight or bias: its value, what is written below it, and whether the value is out of date."""

    value: Number
    below: Number | None = None
    is_replaced: bool = False
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class NeuronPart:
    """`delta` is None where no error ever comes back; `ring` is the pass that works on this neuron now.

    `level` is φ(z), the height on the sketch.
    """

    number: str
    z: Number
    a: Number
    delta: Number | None
    bias: ParameterPart | None
    bias_into: Pass | None = None
    ring: Pass | None = None
    badge_letter: str = "δ"
    badge_is_new: bool = False
    slope: Number | None = None
    sketch: Sketch | None = None
    share: float | None = None
    share_of: float = 1.0
    conditions: tuple[Condition, ...] = ()
    level: float | None = None
    learned_slope: Number | None = None
    shows_one: bool = False


@dataclass(frozen=True, slots=True)
class EdgePart:
    parameter: ParameterPart
    flow: Flow = Flow.REST
    into: Pass | None = None
    width: float = 1.2
    is_one_of_many: bool = False  # drawn plainly, since so many meet in one unit
    is_faded: bool = False  # it leads to or from a unit that is dropped


@dataclass(frozen=True, slots=True)
class TargetPart:
    target: Number
    error: Number | None


@dataclass(frozen=True, slots=True)
class StripPart:
    """A large layer: one value a cell, None where it is not computed."""

    scope: str
    values: tuple[float | None, ...]
    largest: float
    current: int | None = None
    into: Pass | None = None
    marked: int | None = None
    conditions: Mapping[int, Condition] = field(default_factory=dict)


@dataclass(frozen=True)
class NetworkPicture:
    """All parts by place. `below` says in words what stands below the weights, if anything does."""

    columns: tuple[ColumnPart, ...]
    inputs: tuple[InputPart, ...]
    neurons: dict[tuple[int, int], NeuronPart]
    edges: dict[Edge, EdgePart]
    targets: tuple[TargetPart, ...]
    loss: Number | None
    strips: dict[int, StripPart] = field(default_factory=dict)
    below: tuple[str, Pass | None] = ("", None)
    conditions: tuple[Condition, ...] = ()  # that any unit is in
