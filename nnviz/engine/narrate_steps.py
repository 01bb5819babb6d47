"""Sentences about networks that read sequences: states, gates, errors that flow back through time."""

from __future__ import annotations

import numpy as np

from nnviz.engine.graph import Layer
from nnviz.engine.lengths import end_reader, length_of
from nnviz.engine.moment import Moment
from nnviz.engine.narrate_slopes import delta_in_words
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Contraction
from nnviz.engine.ops.step_losses import GivenErrors
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
FEW_STEPS = 3
FROM_BEFORE = "The state that the piece before has ended with: it is carried on into this piece."
FALLEN = 0.01  # of the error at the last step: an error that small has vanished on its way back


def about_step(moment: Moment, ref: Ref) -> str:
    """What is to be said about a number of a sequence; empty where others say it."""
    node = moment.graph[ref.scope]
    if moment.is_over(ref):
        return _ended(moment)
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
        return FROM_BEFORE if moment.goes_on else "The state that the sequence starts from."
    if isinstance(node.op, Later):
        return "An error that is given: it comes from the steps behind the end."
    if ref.part is Part.VALUE:
        return _about_value(moment, layer, ref)
    return _about_error(moment, layer, ref)


def _ended(moment: Moment) -> str:
    """Of a step that the sequence in focus does not have."""
    name = moment.textbook.example(moment.focus)
    return f"{name} has ended before this step: its state is held, and nothing is counted."


def _about_value(moment: Moment, layer: RecurrentLayer, ref: Ref) -> str:
    node = moment.graph[ref.scope]
    name = layer.name_of(node)
    gate = layer.gate_of(node)
    if name.endswith("_prev"):
        start = FROM_BEFORE if moment.goes_on else "The start state."
        return "A copy of the step before: the memory of the layer." if ref.cell[0] else start
    if name == "mask":
        return ""
    if gate is None or node is gate.z and not isinstance(node.op, Contraction):
        return VALUES.get(name, "A copy: the cell state goes on, and into the output gate.")
    if node is gate.z:
        return "The weighted sum of what is remembered and what comes in."
    if len(layer.gates) == 1:
        return "The sum goes through φ: the new state, which the next step will remember."
    if not isinstance(gate.z.op, Contraction):
        return f"The {gate.title}: the cell state goes through φ, without weights."
    return f"The {gate.title}: its weighted sum goes through φ."


def _about_error(moment: Moment, layer: RecurrentLayer, ref: Ref) -> str:
    node = moment.graph[ref.scope]
    name = layer.name_of(node)
    if ref.part is Part.SLOPE:
        what = moment.notation.caption(ref.of(Part.VALUE))
        return f"How much {what} changes when its weighted sum changes a little."
    if ref.part is Part.ABOVE:
        if end_reader(moment, layer, ref.cell[0]) is not None:
            return "No error is measured at this step: nothing comes from above."
        return "The error of this step, as it comes from above."
    if ref.part is Part.DELTA:
        return "The error that comes back to this unit, times the slope of its φ."
    if name.endswith("_prev"):
        return _about_going_back(moment, layer, ref)
    if any(copied is node for _, copied in layer.memories) and ref.cell[0] + 1 < length_of(moment):
        return _about_fork(moment, layer, ref)
    return "The error that comes back along every way that this number has gone."


def _about_fork(moment: Moment, layer: RecurrentLayer, ref: Ref) -> str:
    """Of the error of a state that goes on to the next step."""
    reader = end_reader(moment, layer, ref.cell[0]) if ref.scope == layer.a.scope else None
    if reader is None:
        return "The state has gone two ways: the errors of both come back and are added."
    return (
        f"{reader.title} reads only the end of the sequence: no error comes from above at this step, "
        "only the one that the next step hands back."
    )


def _about_going_back(moment: Moment, layer: RecurrentLayer, ref: Ref) -> str:
    """Of an error that is handed to the step before."""
    loss = moment.graph.loss
    is_given = loss is not None and isinstance(loss.op, GivenErrors)
    is_alone = ref.cell[0] + 1 == length_of(moment) and not is_given
    what = "the error of this step" if is_alone else "the errors of this step and of all later ones"
    if not ref.cell[0] and not is_given:
        end = "there is no step before it"
        if moment.goes_on:
            end = "it is cut here, and the piece before learns nothing from it"
        return f"What would go back further in time, {what}: {end}."
    along = "along the same weights"
    if layer.name_of(moment.graph[ref.scope]) == "c_prev":
        along = "times the forget gate, and through no weights: so it fades less"
    return f"What goes back in time: {what}, {along}."


def _about_shared_weight(moment: Moment, ref: Ref) -> str:
    if ref.part is Part.AT_STEP:
        return f"What the use of this weight at step {ref.cell[0] + 1} adds to its gradient."
    if ref.part is Part.SHARE:
        return "What this example adds to the gradient, over all its steps."
    if ref.part is not Part.GRADIENT:
        return ""
    return "The same weight is used at every step: what each use adds, summed up." + _fading(moment, ref)


def _fading(moment: Moment, ref: Ref) -> str:
    """Whether next to nothing of the error comes back to the first step, along any state.

    What a use adds may be small for other reasons: the state before the first step is 0, an input may be 0.
    """
    layer = moment.graph.layer_of(moment.graph[ref.scope])
    steps = length_of(moment)
    if not isinstance(layer, RecurrentLayer) or steps < FEW_STEPS:
        return ""
    states = [moment.known.get((copied.scope, Part.GRADIENT)) for _, copied in layer.memories]
    known = [state.array[moment.row] for state in states if state is not None and state.mask is None]
    if len(known) < len(states):
        return ""
    with np.errstate(over="ignore", invalid="ignore"):
        first, last = (float(np.linalg.norm([state[t] for state in known])) for t in (0, steps - 1))
    if not last > 0 or not first < FALLEN * last:
        return ""
    share = show(first / last)
    return f" Of the error at the last step only {share} has come back to the first: it has faded."


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


def owner_of_weights(stage: Stage, layer: Layer, unit: int, depth: Depth) -> str:
    """What the weights of a place lead into: unit 1 of the forget gate of the layer."""
    crumbs = _crumbs_of_weights(stage, layer, unit, depth) if depth < Depth.LAYER else []
    parts = [crumb if crumb.startswith("unit") else f"the {crumb}" for crumb in reversed(crumbs)]
    return " of ".join([*parts, layer.title])


def about_uses(moment: Moment, what: str) -> str:
    """Of the gradients of weights that are used at every step."""
    delta = delta_in_words(moment)
    if len(moment.rows) == 1:
        steps = length_of(moment)
        added = f", added up over {steps} steps" if steps > 1 else ""
        return f"Every weight into {what}: {delta} times what comes in along it{added}."
    mean = f" ({delta} carries their mean)" if moment.textbook.conventions.reduction == "mean" else ""
    return (
        f"Every weight into {what}: what its use at each step adds, {delta} times what comes in along it "
        f"in all {len(moment.rows)} examples{mean}."
    )


def about_steps_done(moment: Moment, stage: Stage, layer: Layer, depth: Depth) -> str:
    """A sentence for a whole time step, or for a layer at all steps."""
    if stage.kind in (Kind.GRADIENT, Kind.UPDATE) or depth < Depth.MAP:
        return ""
    back = stage.into is Pass.BACKWARD
    if depth is Depth.MAP and moment.leaf is not None and moment.is_over(moment.leaf.ref):
        return _ended(moment)
    if depth is Depth.MAP:
        step = crumbs_of_steps(moment, stage, layer, depth)[0]
        if stage.kind is Kind.ACTIVATION:
            return f"{layer.title} at {step}: every unit gets its share of the sum of all exponentials."
        return f"{layer.title} at {step}: {'its errors' if back else 'the same weights as at every step'}."
    if isinstance(layer, RecurrentLayer):
        way = "The errors have gone back through time" if back else f"{layer.title} has read the sequence"
        return f"{way}, step by step, along the same weights."
    return f"{layer.title} at every step, with the same weights."
