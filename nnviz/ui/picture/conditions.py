"""Units that learn nothing just now: dead, saturated, or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from nnviz.engine.graph import DenseLayer, Node, WeightedLayer
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array, Elementwise
from nnviz.engine.ops.dropout import Dropped, Mask
from nnviz.engine.ref import Part, Ref
from nnviz.ui.layout.sketch import sketch_of


class Condition(Enum):
    """What may be the matter with a unit, the strongest first: this is the one that is drawn."""

    DROPPED = "dropped"
    DEAD = "dead"
    SATURATED = "saturated"


@dataclass(frozen=True, slots=True)
class Conditions:
    """The units of a layer by condition, of those whose activation is computed."""

    units: Mapping[Condition, frozenset[int]] = field(default_factory=dict)

    def of(self, unit: int) -> tuple[Condition, ...]:
        return tuple(one for one in Condition if unit in self.units.get(one, ()))

    def drawn(self) -> dict[int, Condition]:
        """The strongest condition of every unit that has one."""
        found: dict[int, Condition] = {}
        for one in Condition:
            for unit in self.units.get(one, ()):
                found.setdefault(unit, one)
        return found


def conditions_of(moment: Moment, layer: WeightedLayer) -> Conditions:
    """Whose slope is 0 for all examples, whose is nearly 0 for the one in focus, and who is left out for it.

    In a batch of one example out of many no unit is called dead: another example may well wake it.
    """
    slopes = _slopes(moment, layer)
    if slopes is None:
        return Conditions()
    assert isinstance(layer.a.op, Elementwise)
    done = ~np.isnan(slopes).any(axis=0)
    sketch = sketch_of(layer.a.op)
    is_telling = len(slopes) > 1 or moment.settings.inputs.shape[0] == 1
    dead = done & (slopes == 0).all(axis=0) & (sketch.can_die and is_telling)
    flat = done & (np.abs(slopes[moment.row]) < sketch.flat_below)
    mask = _mask(moment, layer.a)
    dropped = done & (mask == 0) if mask is not None else np.zeros_like(done)
    arrays = {Condition.DROPPED: dropped, Condition.DEAD: dead, Condition.SATURATED: flat}
    return Conditions({one: frozenset(np.flatnonzero(each).tolist()) for one, each in arrays.items()})


def conditions_of_inputs(moment: Moment) -> Conditions:
    """Which inputs are left out for the example in focus: known before anything is computed."""
    mask = _mask(moment, moment.graph.inputs)
    if mask is None:
        return Conditions()
    return Conditions({Condition.DROPPED: frozenset(np.flatnonzero(mask == 0).tolist())})


def words_of(moment: Moment, ref: Ref) -> str:
    """What is the matter with the unit that a sum, an activation or an error belongs to; empty if nothing."""
    if ref.scope not in moment.graph:
        return ""
    node = moment.graph[ref.scope]
    layer = moment.graph.layer_of(node)
    if node is moment.graph.inputs and ref.example in (None, moment.focus):
        return "\n".join(_sentence(one, 1) for one in conditions_of_inputs(moment).of(ref.cell[0]))
    if not isinstance(layer, DenseLayer) or node not in (layer.z, layer.a):
        return ""
    return "\n".join(_sentence(one, len(moment.rows)) for one in conditions_of(moment, layer).of(ref.cell[0]))


def _sentence(condition: Condition, examples: int) -> str:
    of_batch = f"all {examples} examples of the batch" if examples > 1 else "the only example"
    return {
        Condition.DROPPED: "Dropped: its mask is 0 for this example, it takes no part",
        Condition.DEAD: f"Dead: φ′ = 0 and so δ = 0 for {of_batch}, it learns nothing",
        Condition.SATURATED: "Saturated: φ′ is below 1 % of its largest value, hardly any error passes",
    }[condition]


def _slopes(moment: Moment, layer: WeightedLayer) -> Array | None:
    """φ′(z) of every unit and example, as if nothing were dropped; NaN where z or a is not computed."""
    z, a = moment.array(layer.z.scope), moment.array(layer.a.scope)
    if z is None or a is None or layer.is_map or not isinstance(layer.a.op, Elementwise):
        return None
    others = [moment.graph.nodes[i] for i in layer.a.inputs[1:]]
    learned = [moment.known[n.scope, Part.VALUE].array for n in others if n.is_parameter]
    op = layer.a.op
    slope = op.derivative_of(0)
    values = a.array
    if isinstance(op, Dropped):
        slope, values = op.function.derivative_of(0), op.function.forward(z.array)
    assert slope is not None
    with np.errstate(all="ignore"):
        found = slope(np.ones_like(z.array), values, z.array, *learned)
    return np.where(np.isnan(a.array) | np.isnan(z.array), np.nan, found)


def _mask(moment: Moment, dropped: Node) -> Array | None:
    """1 for the cells of a node that are kept for the example in focus, 0 for those that are not."""
    nodes = [moment.graph.nodes[i] for i in dropped.inputs[1:]]
    found = next((n for n in nodes if isinstance(n.op, Mask)), None)
    known = moment.array(found.scope) if found is not None else None
    return known.array[moment.row] if known is not None else None
