"""Sentences about networks that read sequences: states, gates, errors that flow back through time."""

from __future__ import annotations

from nnviz.engine.graph import Layer
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Contraction
from nnviz.engine.outline import Depth, Kind, Stage
from nnviz.engine.recurrent import Going, Later, RecurrentLayer, Start
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.stage import Pass
from nnviz.engine.units_steps import UnitsOfSteps, WeightsOfGates

VALUES = {
    "c_kept": "What the forget gate leaves of the cell state: near 0 it is forgotten, near 1 it is kept.",
    "i": "What the input gate lets into the cell: how much (i†) times what (i‡).",
    "c": "The cell state: what is kept of it, and what is added.",
    "h": "What goes on to the next step, and up to the layer above.",
    "rm": "What the reset gate lets through of what is remembered.",
    "m": "What is remembered, weighted and added up.",
    "h_new": "The state that the units make at this step.",
    "c_new": "The cell state that this step makes.",
    "h_full": "The state before units are dropped.",
}
FALLEN = 0.01  # of the last contribution: an early one that small has vanished


def about_step(moment: Moment, ref: Ref) -> str:
    """What is to be said about a number of a sequence; empty where others say it."""
    node = moment.graph[ref.scope]
    if node.scope == STEP_LOSSES:
        return f"The error of step {ref.cell[0] + 1}: the total is the sum over all steps."
    if node is moment.graph.loss and STEP_LOSSES in moment.graph and ref.part is Part.VALUE:
        return "The errors of all steps, added up: the number that training makes smaller."
    if isinstance(node.op, Going):
        return "1 while the sequence goes on; behind its end, states are held and nothing is counted."
    layer = moment.graph.layer_of(node)
    if layer is None or not layer.is_stepwise:
        return ""
    if node.is_parameter:
        return _about_shared_weight(moment, ref)
    if not isinstance(layer, RecurrentLayer):
        return ""
    if isinstance(node.op, Start):
        return "The state that the sequence starts from."
    if isinstance(node.op, Later):
        return "An error that is given: it comes from the steps behind the end."
    if ref.part is Part.VALUE:
        return _about_value(moment, layer, ref)
    return _about_error(moment, layer, ref)


def _about_value(moment: Moment, layer: RecurrentLayer, ref: Ref) -> str:
    node = moment.graph[ref.scope]
    name = layer.name_of(node)
    gate = layer.gate_of(node)
    if name.endswith("_prev"):
        return "A copy of the step before: the memory of the layer." if ref.cell[0] else "The start state."
    if name == "mask":
        return ""
    if gate is None or node is gate.z and not isinstance(node.op, Contraction):
        return VALUES.get(name, "A copy: the cell state goes on, and into the output gate.")
    if node is gate.z:
        return "The weighted sum of what is remembered and what comes in."
    if len(layer.gates) == 1:
        return "The sum goes through φ: the new state, which the next step will remember."
    return f"The {gate.title}: its weighted sum goes through φ."


def _about_error(moment: Moment, layer: RecurrentLayer, ref: Ref) -> str:
    node = moment.graph[ref.scope]
    name = layer.name_of(node)
    if ref.part is Part.SLOPE:
        return ""
    if ref.part is Part.ABOVE:
        return "The error of this step, as it comes from above."
    if ref.part is Part.DELTA:
        return "The error that comes back to this unit, times the slope of its φ."
    if name.endswith("_prev"):
        return (
            "What goes back in time: the errors of this step and of all later ones, along the same weights."
        )
    if any(copied is node for _, copied in layer.memories) and ref.cell[0] + 1 < layer.steps:
        return "The state has gone two ways: the errors of both come back and are added."
    return "The error that comes back along every way that this number has gone."


def _about_shared_weight(moment: Moment, ref: Ref) -> str:
    if ref.part is Part.AT_STEP:
        return f"What the use of this weight at step {ref.cell[0] + 1} adds to its gradient."
    if ref.part is Part.SHARE:
        return "What this example adds to the gradient, over all its steps."
    if ref.part is not Part.GRADIENT:
        return ""
    return "The same weight is used at every step: what each use adds, summed up." + _fading(moment, ref)


def _fading(moment: Moment, ref: Ref) -> str:
    """Whether the first steps add almost nothing beside the last ones."""
    parts = moment.contributions(ref.scope)
    if parts is None or len(parts) < 3:
        return ""
    first, last = (abs(float(parts[(t, *ref.cell)])) for t in (0, -1))
    if last == 0 or first >= FALLEN * last:
        return ""
    return f" The first step adds only {show(first / last)} of what the last one adds: it has faded."


def crumbs_of_steps(moment: Moment, stage: Stage, layer: Layer, depth: Depth) -> list[str]:
    """The way to a place in a layer of steps: time step, gate, unit."""
    unit = stage.unit_at(moment.cursor.position)
    if stage.kind in (Kind.GRADIENT, Kind.UPDATE):
        return _crumbs_of_weights(stage, layer, unit, depth)
    if isinstance(stage.places, UnitsOfSteps):
        t, block, i = stage.places.place(unit)
        assert isinstance(layer, RecurrentLayer)
        nodes = stage.places.blocks[block]
        of_gate = next((gate.a for gate in layer.gates if gate.z in nodes), nodes[-1])
        where = moment.notation.caption(Ref(of_gate.scope, cell=(t, i)))
    else:
        t, where = unit // layer.a.shape[-1], moment.notation.neuron(layer, unit)
    if depth is Depth.MAP:
        return [f"step {t + 1}"]
    return [where] if depth < Depth.MAP else []


def _crumbs_of_weights(stage: Stage, layer: Layer, unit: int, depth: Depth) -> list[str]:
    if isinstance(stage.places, WeightsOfGates) and isinstance(layer, RecurrentLayer):
        gate = layer.gate_at(unit)
        named = [gate.title] if len(layer.gates) > 1 else []
        return [*named, *([f"unit {unit - gate.rows.start + 1}"] if depth < Depth.MAP else [])]
    return [f"unit {unit + 1}"] if depth < Depth.MAP else []


def about_steps_done(moment: Moment, stage: Stage, layer: Layer, depth: Depth) -> str:
    """A sentence for a whole time step, or for a layer at all steps."""
    if stage.kind in (Kind.GRADIENT, Kind.UPDATE) or depth < Depth.MAP:
        return ""
    back = stage.into is Pass.BACKWARD
    if depth is Depth.MAP:
        step = crumbs_of_steps(moment, stage, layer, depth)[0]
        return f"{layer.title} at {step}: {'its errors' if back else 'the same weights as at every step'}."
    if isinstance(layer, RecurrentLayer):
        way = "The errors have gone back through time" if back else f"{layer.title} has read the sequence"
        return f"{way}, step by step, along the same weights."
    return f"{layer.title} at every step, with the same weights."
