"""A sentence for every step, in words a teacher would use: the lesson's own, or one made from the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from nnviz.engine.formula import Equation, constant, quantities
from nnviz.engine.graph import Layer, PoolingLayer, WeightedLayer
from nnviz.engine.lengths import end_reader
from nnviz.engine.mistakes import counts
from nnviz.engine.moment import Moment
from nnviz.engine.narrate_data import about_given, at_the_inputs
from nnviz.engine.narrate_maps import about_cell, about_filter, about_maps, readers
from nnviz.engine.narrate_slopes import about_learned, about_slope, delta_in_words, part_in_words
from nnviz.engine.narrate_steps import (
    about_step,
    about_steps_done,
    about_uses,
    owner_of_weights,
)
from nnviz.engine.narrate_updates import about_new_value, about_total, how_all_move
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Elementwise
from nnviz.engine.ops.elementwise import PReLU, ReLU, Threshold
from nnviz.engine.ops.losses import Loss, SoftmaxCrossEntropy
from nnviz.engine.ops.pooling import MaxPool
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.outline import Depth, Kind, Pass, Stage
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import BIAS_INPUT, PADDING_ZERO, Part, Ref

PASSES = {
    Pass.FORWARD: "The forward pass is done: the inputs have gone through all layers to the output.",
    Pass.LOSS: "The errors of the batch in one number: training makes it smaller.",
    Pass.BACKWARD: "The backward pass is done: every neuron has its δ, and every weight its gradient.",
    Pass.UPDATE: "Every weight has taken a step against its gradient, α times as long.",
}
FORWARD_ONLY = "The inputs have gone through all layers to the output."
LAYERS = {
    Kind.SUM: "Every neuron of {}: its inputs, weighted and added up, and what φ makes of the sum.",
    Kind.ACTIVATION: "Every neuron of {} gets its share of the sum of all exponentials.",
    Kind.ERROR: "How the error changes with every activation of {}.",
    Kind.DELTA: "Every neuron of {} gets its δ: the error that comes back to it, times the slope of its φ.",
}
SUMS_ALONE = "Every neuron of {}: its inputs, weighted and added up."
STARTING = "The error starts here: every neuron of {} gets its δ, its own error times the slope of its φ."
SMALL_SLOPE = 0.05
NO_TERM = "The sequence has ended before this step: there is no term to add."


def narrate(
    moment: Moment, ref: Ref | None, equations: Sequence[Equation], depth: Depth | None = None
) -> str:
    """The sentence under an equation. What it says of a factor, it reads there: `equations` may be none."""
    if ref is None:
        return _own(moment, ("start",)) or _start(moment)
    if depth is not None and moment.stage is not None:
        own = _own(moment, _names(moment, depth)) or _about_place(moment, depth)
        if own:
            return own
    if moment.diverged and moment.is_complete:
        return _overflowed(moment)
    return _about(moment, ref, equations, depth)


def _overflowed(moment: Moment) -> str:
    if moment.is_too_large:
        return (
            "The numbers are too large to compute with, before anything is learned: this run cannot go on. "
            "Smaller inputs or weights help, no learning rate."
        )
    return "The numbers have grown beyond all bounds: this run cannot go on. Try a smaller learning rate."


def _names(moment: Moment, depth: Depth) -> tuple[str, ...]:
    """The names under which a lesson may narrate the current stage, special before general."""
    stage = moment.stage
    assert stage is not None
    name = {Kind.GRADIENT: "gradient", Kind.UPDATE: "update"}.get(stage.kind, str(stage.into))
    if stage.layer is None:
        return (name,)
    general: tuple[str, ...] = (f"{name}/{stage.layer.scope}", name)
    if stage.layer.is_map:
        general = (f"{stage.kind}/{stage.layer.scope}", *general)
        if depth >= Depth.MAP or stage.kind in (Kind.GRADIENT, Kind.UPDATE):
            return general
    unit = f"{stage.layer.scope}/{moment.notation.number(stage.layer, stage.unit_at(moment.cursor.position))}"
    kinds = (str(stage.kind), name) if stage.layer.is_map else (name,)
    return (*(f"{kind}/{unit}" for kind in kinds), *general)


def _own(moment: Moment, names: Sequence[str]) -> str:
    return next((moment.textbook.narration[name] for name in names if name in moment.textbook.narration), "")


def _start(moment: Moment) -> str:
    what = at_the_inputs(moment)
    return f"Nothing is computed yet: {what}, every weight at its start. Press → to begin."


def _about_place(moment: Moment, depth: Depth) -> str:
    """A sentence for a step that covers several numbers; empty where the last of them says it all."""
    stage = moment.stage
    assert stage is not None
    if depth >= Depth.ITERATION or moment.diverged and moment.is_complete:
        return _about_iteration(moment) if moment.is_complete else ""
    if depth is Depth.PASS:
        if stage.into is Pass.UPDATE and not moment.is_plain_descent:
            return how_all_move(moment, "every layer")
        return PASSES[stage.into] if moment.graph.trains or stage.into is not Pass.FORWARD else FORWARD_ONLY
    if stage.layer is None:
        return ""
    if stage.layer.is_stepwise and (said := about_steps_done(moment, stage, stage.layer, depth)):
        return said
    if stage.layer.is_map:
        return about_maps(moment, stage, stage.layer, depth) if depth >= Depth.MAP else ""
    if stage.kind in (Kind.GRADIENT, Kind.UPDATE):
        return _about_weights(moment, stage, stage.layer, depth)
    return _about_layer(moment, stage, stage.layer) if depth is Depth.LAYER else ""


def _about_layer(moment: Moment, stage: Stage, layer: Layer) -> str:
    """What all neurons of a layer have done in a stage."""
    if stage.kind is Kind.DELTA:
        return _about_deltas(moment, layer)
    is_alone = stage.kind is Kind.SUM and all(scope != layer.a.scope for scope, _ in stage.computes)
    return (SUMS_ALONE if is_alone else LAYERS[stage.kind]).format(layer.title)


def _about_deltas(moment: Moment, layer: Layer) -> str:
    if layer is moment.graph.output and not counts(moment, moment.focus):
        return _about_right(moment, moment.focus)
    above = moment.graph.consumer_layer(layer.a)
    if isinstance(layer.a.op, Softmax):
        return _about_softmax_error(moment, above, f"every neuron of {layer.title}")
    return (STARTING if above is None else LAYERS[Kind.DELTA]).format(layer.title)


def _about_right(moment: Moment, row: int) -> str:
    name = moment.textbook.example(row)
    return f"{name} is classified right and does not count: no error comes from it."


def _about_weights(moment: Moment, stage: Stage, layer: Layer, depth: Depth) -> str:
    unit = stage.unit_at(moment.cursor.position)
    what = layer.title
    if layer.is_stepwise:
        what = owner_of_weights(stage, layer, unit, depth)
    elif depth is Depth.NEURON:
        what = moment.notation.neuron(layer, unit)
    if stage.kind is Kind.UPDATE:
        if not moment.is_plain_descent:
            return how_all_move(moment, what)
        return f"Every weight into {what} takes a step against its gradient, α times as long."
    if layer.is_stepwise and layer.a.shape[0] > 1:
        return about_uses(moment, what)
    over = f", summed over {len(moment.rows)} examples" if len(moment.rows) > 1 else ""
    mean = " (δ carries their mean)" if over and moment.textbook.conventions.reduction == "mean" else ""
    return f"Every weight into {what}: {delta_in_words(moment)} times what comes in along it{over}{mean}."


def _about_iteration(moment: Moment) -> str:
    if moment.diverged:
        return _overflowed(moment)
    if not moment.graph.trains:
        return f"The whole network has been computed for {moment.textbook.example(moment.focus)}."
    return "One iteration is done: every weight has moved a little against its gradient."


def _about(moment: Moment, ref: Ref, equations: Sequence[Equation], depth: Depth | None) -> str:
    leaf = moment.leaf
    if leaf is not None and depth is None and leaf.ref == ref and leaf.term is not None:
        if moment.is_over(ref):
            return about_step(moment, ref)
        return _about_term(moment, ref) if equations else NO_TERM
    if ref == BIAS_INPUT:
        return "The bias is the weight of an input that is always 1."
    if ref == PADDING_ZERO:
        return "The filter reaches beyond the image here; what lies there counts as 0."
    if ref.scope not in moment.graph:
        return "The learning rate sets how far every weight moves against its gradient."
    node = moment.graph[ref.scope]
    if said := about_step(moment, ref):
        return said
    if node.is_parameter:
        return _about_parameter(moment, ref)
    if said := about_given(moment, ref):
        return said
    if node is moment.graph.loss:
        return _about_loss(moment, ref)
    layer = moment.graph.layer_of(node)
    assert layer is not None
    if layer.is_map and (said := about_cell(moment, ref, layer)):
        return said
    return _about_unit(moment, ref, layer, equations)


def _about_unit(moment: Moment, ref: Ref, layer: Layer, equations: Sequence[Equation]) -> str:
    """A number of a neuron, or of a cell of a map of which nothing special is said."""
    unit = moment.notation.neuron(layer, layer.index_of(ref.cell))
    if ref.part in (Part.DELTA, Part.GRADIENT):
        return _about_error(moment, ref, layer, unit, equations)
    if ref.part is Part.SLOPE:
        return f"How much the activation of {unit} changes when its weighted sum changes a little."
    if ref.part is Part.ERROR:
        return f"The error of {unit} on {_example(moment, ref)}: target minus activation."
    if ref.scope == layer.a.scope:
        return _about_activation(moment, ref, layer, unit)
    return f"The weighted sum of {unit}: every input times its weight, added up."


def _example(moment: Moment, ref: Ref) -> str:
    """The example that a number belongs to."""
    return moment.textbook.example(_row(moment, ref))


def _row(moment: Moment, ref: Ref) -> int:
    return moment.focus if ref.example is None else ref.example


def _about_term(moment: Moment, ref: Ref) -> str:
    leaf = moment.leaf
    assert leaf is not None and leaf.term is not None
    what = moment.notation.caption(ref)
    return f"Term {leaf.term + 1} of the sum for {what}."


def _about_parameter(moment: Moment, ref: Ref) -> str:
    if said := about_slope(moment, ref) or about_filter(moment, ref):
        return said
    what = moment.notation.caption(ref.of(Part.VALUE))
    if ref.part is Part.NEW:
        if not moment.is_plain_descent:
            return about_new_value(moment, ref, what)
        gradient = moment.value(ref.of(Part.GRADIENT)) or 0.0
        if gradient == 0:
            return f"The gradient is 0, so the {what} stays as it is."
        size, way = ("larger", "falls") if gradient > 0 else ("smaller", "rises")
        return f"The error would grow with a {size} value, so the {what} {way}."
    if ref.part is Part.TOTAL:
        return about_total(moment)
    if ref.part in UPDATE_NUMBERS:
        return UPDATE_NUMBERS[ref.part].sentence
    if ref.part is Part.GRADIENT:
        many = f", summed over {len(moment.rows)} examples" if len(moment.rows) > 1 else ""
        where = f"{delta_in_words(moment)} of the neuron it leads to, times what comes in"
        return f"How the error changes with the {what}: {where}{many}."
    if ref.part is Part.SHARE:
        example = moment.textbook.example(moment.focus)
        return f"What {example} alone contributes to the gradient of the {what}."
    edited, is_trainable = moment.edited_at(ref), moment.graph[ref.scope].is_trainable
    if edited is not None and (edited == moment.iteration or not is_trainable):
        return f"The {what}, set by hand."
    if moment.iteration == 0 or not is_trainable:
        return f"The {what}, which is given."
    many = "s" if moment.iteration > 1 else ""
    return f"The {what} after {moment.iteration:,} update{many}: this is what the last one made of it."


def _about_loss(moment: Moment, ref: Ref) -> str:
    loss = moment.graph.loss
    assert loss is not None and isinstance(loss.op, Loss)
    if ref.part is Part.TERM and not counts(moment, _row(moment, ref)):
        return f"{_example(moment, ref)} is classified right and does not count."
    if ref.part is Part.TERM:
        return f"What {_example(moment, ref)} alone adds to the loss."
    rows = len(moment.rows)
    if loss.op.only_mistakes:
        return _about_mistakes(moment)
    if rows == 1:
        return "How far the output is from the target: the number that training makes smaller."
    return f"The errors of all {rows} examples in one number: training makes it smaller."


def _about_mistakes(moment: Moment) -> str:
    """A loss in which only misclassified examples count."""
    rows = len(moment.rows)
    wrong = sum(counts(moment, row) for row in moment.rows)
    if rows == 1:
        name = moment.textbook.example(moment.rows[0])
        return f"{name} is classified {'wrong and counts' if wrong else 'right and does not count'}."
    return (
        f"Only mistakes count: {wrong} of {rows} examples {'is' if wrong == 1 else 'are'} classified wrong."
    )


def _about_error(moment: Moment, ref: Ref, layer: Layer, unit: str, equations: Sequence[Equation]) -> str:
    if layer is moment.graph.output and not counts(moment, _row(moment, ref)):
        return _about_right(moment, _row(moment, ref))
    if ref.part is Part.GRADIENT and isinstance(layer, WeightedLayer) and ref.scope == layer.z.scope:
        return f"How the error changes with the weighted sum of {unit}."
    above = moment.graph.consumer_layer(layer.a)
    reader = end_reader(moment, layer, ref.cell[0]) if layer.is_stepwise else None
    if reader is not None:
        return f"{reader.title} reads only the end of the sequence: no error comes back to {unit}."
    if ref.part is Part.GRADIENT:
        if above is None:
            return f"How the error changes with the activation of {unit}: it points away from the target."
        return f"Each neuron that {unit} feeds sends its δ back along the weight between them."
    if isinstance(layer.a.op, Softmax):
        return _about_softmax_error(moment, above, unit)
    slope = moment.value(Ref(layer.a.scope, Part.SLOPE, ref.cell, ref.example))
    several = isinstance(above, WeightedLayer) and readers(moment, above, ref) > 1
    of_it = "them" if several else "it"
    return f"{_from_where(moment, layer, above, ref, equations)}, {_passes(layer, slope, of_it)}"


def _about_softmax_error(moment: Moment, above: Layer | None, unit: str) -> str:
    loss = moment.graph.loss
    if above is None and loss is not None and isinstance(loss.op, SoftmaxCrossEntropy):
        positive = moment.textbook.conventions.delta_sign > 0
        left = "activation minus target" if positive else "target minus activation"
        return f"Softmax and cross-entropy together leave {left} as the δ of {unit}."
    return (
        f"Every activation of a softmax depends on every z, so {unit} answers for the errors of all of them."
    )


def _from_where(
    moment: Moment, layer: Layer, above: Layer | None, ref: Ref, equations: Sequence[Equation]
) -> str:
    if above is None:
        return "The error starts at the output"
    if isinstance(above, PoolingLayer):
        won = isinstance(above.a.op, MaxPool)
        how = "It won its window, so the error comes" if won else "Its part of the error comes"
        return f"{how} back to it from {above.title}"
    if isinstance(above, RecurrentLayer):
        return f"The errors of {above.title} come back along its weights"
    if above.units == 1 and isinstance(above, WeightedLayer) and not layer.is_map:
        along = _weight_of(above, ref, equations) or "between them"
        return f"The error of {moment.notation.neuron(above, 0)} comes back along the weight {along}"
    assert isinstance(above, WeightedLayer)
    senders, what = readers(moment, above, ref), "cell" if above.is_map else "neuron"
    if senders == 1:
        return f"The error of one {what} of {above.title} comes back along its weight"
    return f"The errors of {senders:,} {what}s come back along their weights"


def _weight_of(above: WeightedLayer, ref: Ref, equations: Sequence[Equation]) -> str:
    """The weight that the equation of a number has; empty where it is not written out."""
    found = [q for one in equations if one.target.ref == ref for q in quantities(one.right)]
    weights = [show(q.value, decimals=q.decimals) for q in found if q.ref and q.ref.scope == above.w.scope]
    return weights[0] if len(weights) == 1 else ""


def _passes(layer: Layer, slope: float | None, of_it: str) -> str:
    if slope is None:
        return "and is handed on."
    if slope == 0:
        dead = " It is dead for this example." if isinstance(layer.a.op, ReLU) else ""
        return f"and the slope of φ is 0: nothing passes.{dead}"
    if slope == 1:
        return f"and the slope of φ is 1: all of {of_it} {'pass' if of_it == 'them' else 'passes'}."
    if slope < 0:
        return f"and the slope of φ is negative ({show(slope)}): the sign of {of_it} changes."
    if slope < SMALL_SLOPE:
        return f"and the slope of φ lets almost nothing of {of_it} pass ({show(slope)})."
    return f"and the slope of φ lets {part_in_words(slope)} of {of_it} pass."


def _about_activation(moment: Moment, ref: Ref, layer: Layer, unit: str) -> str:
    a = moment.value(ref)
    name = _example(moment, ref)
    if isinstance(layer.a.op, PReLU):
        return about_learned(moment, ref, layer, unit)
    if isinstance(layer.a.op, Softmax):
        return f"The share of {unit} in the sum of all exponentials: read it as a probability."
    if isinstance(layer.a.op, ReLU) and a == 0:
        return f"z is not above 0, so {unit} is silent for {name}."
    if isinstance(layer.a.op, Threshold):
        reaches = "reaches" if a == 1 else "does not reach"
        return f"{unit.capitalize()} {reaches} its threshold θ = {constant(layer.a.op.theta).text}."
    if layer is moment.graph.output:
        return f"The weighted sum goes through φ: this is what the network says about {name}."
    if isinstance(layer.a.op, Elementwise):
        return f"The inputs of {unit}, weighted and added up, go through its activation function φ."
    return f"The activation of {unit}."
