"""What a neuron says of every point of the plane that two inputs span."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.graph import Graph, Layer, WeightedLayer
from nnviz.engine.measures import Task
from nnviz.engine.moment import Moment
from nnviz.engine.ops import Logistic, Tanh, Threshold
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Ref
from nnviz.engine.run import Record
from nnviz.engine.typeset import name_text
from nnviz.ui.picture.answers import threshold
from nnviz.ui.picture.axes import Axis
from nnviz.ui.picture.contour import level_lines

FINEST, COARSEST, BUDGET = 96, 32, 1_500_000  # cells computed for one surface, about 10 ms


@dataclass(frozen=True, slots=True)
class Choice:
    """A neuron; `unit` None stands for all of them: a layer, or at the output the class that wins."""

    layer: int
    unit: int | None


@dataclass(frozen=True)
class Plane:
    """A grid of `side` × `side` points, from one corner of the axes to the other, the first row on top."""

    x: Axis
    y: Axis
    side: int

    def points(self) -> Array:
        """What the network is asked: (side², 2)."""
        across = np.linspace(self.x.low, self.x.high, self.side)
        down = np.linspace(self.y.high, self.y.low, self.side)
        return np.stack([grid.ravel() for grid in np.meshgrid(across, down)], axis=1)

    def squared(self, numbers: Array) -> Array:
        """Numbers of all points as rows and columns."""
        return numbers.reshape(self.side, self.side, *numbers.shape[1:])


def side_for(graph: Graph) -> int:
    """How fine a grid can be that a network computes between two pictures."""
    cells = sum(int(np.prod(node.shape)) for node in graph.nodes if not node.is_parameter)
    return int(np.clip(np.sqrt(BUDGET / max(cells, 1)), COARSEST, FINEST))


@dataclass(frozen=True)
class Scale:
    """Which number has no color and how far the colors reach; `line` names the line that is drawn."""

    center: float
    limit: float
    line: str = ""

    def part(self, values: Array) -> Array:
        """−1 to 1: how much of which color."""
        return np.clip((values - self.center) / self.limit, -1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Surface:
    """The numbers of a neuron, (side, side), or of all classes, (side, side, classes).

    `lines` are pieces of the line where it changes its mind: (pieces, 2 ends, shares from left and top).
    """

    values: Array
    scale: Scale
    lines: Array


def surface(record: Record, moment: Moment, plane: Plane, choice: Choice, task: Task | None) -> Surface:
    """One neuron, from the record of all points of the plane."""
    layer = moment.graph.layers[choice.layer]
    a = plane.squared(record.cells[layer.a.index])
    if choice.unit is None:
        return _of_classes(a)
    values = a[..., choice.unit]
    scale = scale_of(moment, choice, values, task)
    if not scale.line:
        return Surface(values, scale, np.empty((0, 2, 2)))
    crossing = _crossing(record, layer, plane, choice, task if _is_output(moment, layer) else None)
    return Surface(values, scale, _shares(level_lines(*crossing), plane.side))


def _of_classes(a: Array) -> Surface:
    """The winning class, paler where it is less sure; lines where two classes are equally sure."""
    side, classes = a.shape[0], a.shape[-1]
    pieces = []
    for one in range(classes - 1):  # the last one borders only on these
        rest = np.delete(a, one, axis=-1).max(axis=-1)
        pieces.append(level_lines(a[..., one] - rest, 0.0))
    lines = _shares(np.concatenate(pieces), side)
    return Surface(a, Scale(0.0, 1.0, "two classes equally sure"), lines)


def sureness(values: Array) -> Array:
    """How sure the winning class is: 0 where all are equal, 1 where it has everything."""
    classes = values.shape[-1]
    highest = np.clip(values.max(axis=-1), 0.0, 1.0)
    return np.clip((highest - 1 / classes) / (1 - 1 / classes), 0.0, 1.0)


def scale_of(moment: Moment, choice: Choice, values: Array, task: Task | None) -> Scale:
    """Colors of a neuron: around its threshold, around the middle for an output that is fitted."""
    layer = moment.graph.layers[choice.layer]
    assert choice.unit is not None
    if not _is_output(moment, layer):
        return _hidden_scale(moment, layer, choice.unit, values)
    if task is None:
        return _fitted_scale(moment, choice.unit, values)
    level = threshold(task)
    a = name_text(moment.notation.name(Ref(layer.a.scope, cell=(choice.unit,))))
    return Scale(level, 0.5 if task != "signs" else 1.0, f"{a} = {level:g}")


def _fitted_scale(moment: Moment, unit: int, values: Array) -> Scale:
    targets = moment.settings.targets
    shown = [values[np.isfinite(values)]] if targets is None else [targets[:, unit]]
    numbers = np.concatenate(shown)
    low, high = (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 1.0)
    return Scale((low + high) / 2, (high - low) / 2 or 1.0)


def _hidden_scale(moment: Moment, layer: Layer, unit: int, values: Array) -> Scale:
    op, line = layer.a.op, _line_of(moment, layer, unit)
    if isinstance(op, Logistic | Threshold):
        return Scale(0.5, 0.5, line)
    if isinstance(op, Tanh):
        return Scale(0.0, 1.0, line)
    finite = values[np.isfinite(values)]
    return Scale(0.0, float(np.abs(finite).max(initial=0.0)) or 1.0, line)


def _line_of(moment: Moment, layer: Layer, unit: int) -> str:
    """The middle of an activation function is where z passes 0, or θ."""
    if not isinstance(layer, WeightedLayer):
        return ""
    z, op = name_text(moment.notation.name(Ref(layer.z.scope, cell=(unit,)))), layer.a.op
    return f"{z} = {op.theta if isinstance(op, Threshold) else 0:g}"


def _crossing(
    record: Record, layer: Layer, plane: Plane, choice: Choice, task: Task | None
) -> tuple[Array, float]:
    """The numbers and the level of the line; `task` is None inside the network.

    z is taken instead of a where both cross together, for its line stays smooth where a is saturated.
    """
    op, a = layer.a.op, plane.squared(record.cells[layer.a.index])[..., choice.unit]
    if not isinstance(layer, WeightedLayer):
        return a, threshold(task)
    z = plane.squared(record.cells[layer.z.index])[..., choice.unit]
    if isinstance(op, Threshold):
        jumps = layer.x is not record.program.graph.inputs  # the inputs jump themselves
        return (a, 0.5) if jumps else (z, op.theta)
    if task is None or (task == "binary" and isinstance(op, Logistic)):
        return z, 0.0
    return a, threshold(task)


def _is_output(moment: Moment, layer: Layer) -> bool:
    return layer is moment.graph.output


def _shares(pieces: Array, side: int) -> Array:
    return pieces / (side - 1)
