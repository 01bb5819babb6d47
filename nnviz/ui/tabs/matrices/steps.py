"""The equations of a layer at one step of time, with [1, h, x] as a column, and of shared weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnviz.engine.graph import DenseLayer, Node
from nnviz.engine.ops.base import Elementwise
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ops.recurrence import RowSum
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.outline import Kind, Pass
from nnviz.engine.recurrent import Gate, RecurrentLayer
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.titles import stage_title
from nnviz.engine.units_steps import UnitsOfSteps, WeightsOfGates
from nnviz.ui.layout.matrix_equation import (
    Axis,
    Block,
    Entry,
    Formula,
    Place,
    Sign,
    learning_rate,
    loss_value,
    row_used,
)
from nnviz.ui.layout.names import subscripted
from nnviz.ui.tabs.matrices.gates import backward_of, forward_of, is_on
from nnviz.ui.tabs.matrices.vectors import (
    Step,
    all_used,
    errors_of_steps,
    gate_weights,
    lying_steps,
    parameters_of,
    stacked,
    weights_back,
)


def is_of_steps(place: Place) -> bool:
    """Whether a place belongs to a layer of time steps, or to the errors of all steps."""
    layer = place.stage.layer
    return layer.is_stepwise if layer is not None else STEP_LOSSES in place.graph


def within_vector(place: Place) -> Place:
    """The place with its unit counted within its vector, which is what matrices have as rows."""
    if place.unit is None or place.stage.layer is None:
        return place
    return replace(place, unit=place.unit % place.stage.layer.a.shape[-1])


def step_title(place: Place) -> str:
    """What the equations compute: “Forget gate of LSTM at step 3, example d₁”."""
    example = subscripted(place.moment.textbook.example(place.example))
    layer = place.stage.layer
    if layer is None or place.stage.kind is Kind.UPDATE:
        title = stage_title(place.moment, place.stage.kind, layer)
        return title if layer is not None else f"{title}, example {example}"
    if place.stage.kind is Kind.GRADIENT:
        gate = _gate_title(place)
        return f"{stage_title(place.moment, place.stage.kind, layer)}{f', {gate}' if gate else ''}"
    title = stage_title(place.moment, place.stage.kind, layer)
    return f"{title} at step {_step(place).t + 1}, example {example}"


def _gate_title(place: Place) -> str:
    places = place.stage.places
    if not isinstance(places, WeightsOfGates) or len(places.layer.gates) < 2:
        return ""
    return places.layer.gate_at(place.unit or 0).title


def step_note(place: Place) -> str:
    """How the matrices are to be read."""
    if place.stage.kind is Kind.GRADIENT:
        many = " The other examples of the batch are added to it." if len(place.examples) > 1 else ""
        return f"A column of errors for each step: the product adds up its uses.{many}"
    if place.stage.layer is not None and place.stage.kind is not Kind.UPDATE and not is_on(_step(place)):
        return "Behind the end of the sequence: the state is held, and nothing comes back."
    return ""


def step_formulas(place: Place) -> tuple[Formula, ...]:
    """The equations of a place in a layer of time steps."""
    layer = place.stage.layer
    match place.stage.kind:
        case Kind.LOSS:
            return _losses(place)
        case Kind.GRADIENT:
            return _gradients(place)
        case Kind.UPDATE:
            return _updates(place)
    if isinstance(layer, RecurrentLayer):
        return _recurrent(place, layer)
    assert isinstance(layer, DenseLayer)
    return _dense(_step(place), layer, place.stage.kind)


def _step(place: Place) -> Step:
    """The step of time of a place, and what of it is in use."""
    unit, places = place.unit or 0, place.stage.places
    layer = place.stage.layer
    if isinstance(places, UnitsOfSteps):
        t, _, i = places.place(unit)
    else:
        t, i = divmod(unit, layer.a.shape[-1] if layer is not None else 1)
    one = None if place.spans or place.moment.stage is None else i
    return Step(place, t, one, place.term if one is not None else None)


def _recurrent(place: Place, layer: RecurrentLayer) -> tuple[Formula, ...]:
    """The vector in use; all vectors of the step one after the other, where a step covers them all."""
    places, step = place.stage.places, _step(place)
    assert isinstance(places, UnitsOfSteps)
    write = forward_of if place.stage.into is Pass.FORWARD else backward_of
    current = places.place(place.unit or 0)[1]
    blocks = range(len(places.blocks)) if place.spans else range(current, current + 1)
    return tuple(formula for block in blocks for formula in write(step, layer, places.blocks[block][-1]))


# Dense layers at every step


def _dense(step: Step, layer: DenseLayer, kind: Kind) -> tuple[Formula, ...]:
    up = step.place.up(layer)
    z = step.vector(layer.z, Part.VALUE, f"z{up}")
    a = step.vector(layer.a, Part.VALUE, f"a{up}")
    if kind is Kind.SUM:
        w = gate_weights(parameters_of(layer), _rows(layer), Part.VALUE, f"W{up}")
        w = w if step.unit is None else row_used(w, step.unit, step.term)
        names = "[1, a]" if layer.b is not None else "a"
        read = stacked(step, _read_label(step, layer, names), [layer.x], layer.b is not None)
        line: Formula = (z, Sign("="), w, Sign("∙"), read)
        is_own = isinstance(layer.a.op, Elementwise)
        return (line, (a, Sign(f"= {layer.a.op.symbol}"), step.used(z))) if is_own else (line,)
    if kind is Kind.ACTIVATION:
        return ((a, Sign(f"= {layer.a.op.symbol}"), all_used(z)),)
    return _dense_errors(step, layer, kind)


def _read_label(step: Step, layer: DenseLayer, otherwise: str) -> str:
    below = step.place.graph.layer_of(layer.x)
    if not isinstance(below, RecurrentLayer):
        return otherwise if below is not None else otherwise.replace("a", "x")
    letter = step.label(layer.x, below)
    return f"[1, {letter}]" if layer.b is not None else letter


def _rows(layer: DenseLayer) -> slice:
    return slice(0, layer.w.shape[0])


def _dense_errors(step: Step, layer: DenseLayer, kind: Kind) -> tuple[Formula, ...]:
    """∂E/∂a and δ at one step."""
    graph, up = step.place.graph, step.place.up(layer)
    delta = step.vector(layer.z, Part.DELTA, f"δ{up}")
    error = step.vector(layer.a, Part.GRADIENT, f"∂E/∂a{up}")
    loss, above = graph.loss, graph.consumer_layer(layer.a)
    assert loss is not None and isinstance(loss.op, Loss)
    if kind is Kind.DELTA and above is None and not loss.op.through_slope:
        return ((delta, Sign("="), *_output_minus_target(step, layer, loss.op)),)
    lines = [(error, Sign("="), *_behind(step, layer))]
    if kind is Kind.ERROR:
        return tuple(lines)
    if isinstance(layer.a.op, Elementwise):
        slope = step.used(step.vector(layer.a, Part.SLOPE, f"φ′(z{up})", "forward"))
        return *lines, (delta, Sign("="), *step.minus, step.used(error), Sign("⊙"), slope)
    return *lines, (delta, Sign("="), *step.minus, Sign("∂a/∂z  ∙"), all_used(error))


def _output_minus_target(step: Step, layer: DenseLayer, op: Loss) -> Formula:
    """a − t of softmax with cross-entropy, over the number of examples where the loss is a mean."""
    target = step.place.graph.target
    assert target is not None
    scale = (Sign(f"1/{len(step.place.examples)}  ∙ ("),) if op.mean else ()
    end = (Sign(")"),) if op.mean else ()
    a = step.used(step.vector(layer.a, Part.VALUE, f"a{step.place.up(layer)}"))
    t = step.used(step.vector(target, Part.VALUE, "t", "plain"))
    first, second = (t, a) if step.minus else (a, t)
    return *scale, first, Sign("−"), second, *end


def _behind(step: Step, layer: DenseLayer) -> Formula:
    """What ∂E/∂a is made from: the errors of the layer above, or target and output."""
    graph = step.place.graph
    above, target = graph.consumer_layer(layer.a), graph.target
    if isinstance(above, DenseLayer) and above.is_stepwise:
        back = weights_back(step, above.w, _rows(above), f"W{step.place.up(above, '⊤')}")
        delta = step.vector(above.z, Part.DELTA, f"δ{step.place.up(above)}")
        return *step.minus, back, Sign("∙"), all_used(delta)
    if above is not None or target is None:
        return (Sign("from the layer above"),)
    t = step.used(step.vector(target, Part.VALUE, "t", "plain"))
    a = step.used(step.vector(layer.a, Part.VALUE, f"a{step.place.up(layer)}"))
    return Sign("from"), t, Sign("and"), a


# Loss


def _losses(place: Place) -> tuple[Formula, ...]:
    """Target and output of a step, and the errors of all steps, whose sum is E."""
    graph, output, target = place.graph, place.graph.output, place.graph.target
    loss = graph.loss
    assert loss is not None and isinstance(loss.op, Loss) and target is not None
    is_last = place.moment.stage is None or place.unit is None or place.stage.units == 1
    t = graph[STEP_LOSSES].shape[0] - 1 if is_last else place.unit or 0
    step = Step(place, t)
    read: Formula = (
        step.vector(target, Part.VALUE, f"t, step {t + 1}", "plain"),
        Sign(","),
        step.vector(output.a, Part.VALUE, f"a{place.up(output)}, step {t + 1}"),
    )
    scale = f"1/{len(place.examples)} Σ" if loss.op.mean else "Σ"
    return read, (loss_value(), Sign(f"= {scale}"), _errors(place, graph[STEP_LOSSES]), *_and_others(place))


def _and_others(place: Place) -> tuple[Sign, ...]:
    """What says that the other examples of a batch are added."""
    return (Sign("+ …"),) if len(place.examples) > 1 else ()


def _errors(place: Place, node: Node) -> Block:
    """E(t) of every step of the example in focus."""

    def entry(_: int, t: int) -> Entry:
        return Ref(node.scope, Part.VALUE, (t,), place.example)

    axes = (Axis.UNIT, Axis.TERM)
    return Block("E(t)", 1, node.shape[0], entry, ((node.scope, Part.VALUE),), "plain", axes=axes)


# Shared weights


@dataclass(frozen=True, slots=True)
class _Sum:
    """A weighted sum of a layer: its parameters, what they weigh, and the error of the sum."""

    z: Node
    part: Part
    parameters: tuple[Node, ...]
    sources: tuple[Node, ...]
    rows: slice
    over: str  # what stands above the letters
    label: str  # of what is weighed, without the 1 of the bias

    def up(self, after: str = "") -> str:
        above = f"{self.over}{after}"
        return f"^{{{above}}}" if above else ""

    @property
    def ones(self) -> bool:
        return any(len(one.shape) == 1 and one.is_trainable for one in self.parameters)

    def weights(self, part: Part, label: str, tone: str = "signed") -> Block:
        return gate_weights(self.parameters, self.rows, part, label, tone, is_learning=True)


def _sums(place: Place) -> list[_Sum]:
    """The weighted sums that the weights of a place go into: one, and two of the candidate of a GRU."""
    layer, places = place.stage.layer, place.stage.places
    if not isinstance(places, WeightsOfGates):
        assert isinstance(layer, DenseLayer)
        over = str(place.graph.layers.index(layer) + 1)
        parameters = parameters_of(layer)
        letter = _read_label(_step(place), layer, "a")
        return [_Sum(layer.z, Part.DELTA, parameters, (layer.x,), _rows(layer), f"({over})", letter)]
    one = places.layer
    gate = one.gate_at(place.unit or 0)
    over = f"({_step(place).notation.letter(one, gate.name)})" if len(one.gates) > 1 else ""
    return [
        _sum_of_gate(one, node, gate, over)
        for node in one.parts
        if isinstance(node.op, RowSum) and node.op.rows == gate.rows
    ]


def _sum_of_gate(layer: RecurrentLayer, node: Node, gate: Gate, over: str) -> _Sum:
    memory = layer.memories[0][0]
    sources = tuple(one for one in (memory, layer.x) if one.index in node.inputs)
    label = ", ".join("h(t−1)" if one is memory else "x" for one in sources)
    part = Part.DELTA if node is gate.z else Part.GRADIENT
    return _Sum(node, part, parameters_of(layer, node), sources, gate.rows, over, label)


def _gradients(place: Place) -> tuple[Formula, ...]:
    """∂E/∂W = Δ·[1, h, x]ᵀ: the product adds up the steps."""
    step = _step(place)
    lines: list[Formula] = []
    for one in _sums(place):
        negative = bool(step.minus) and one.part is Part.DELTA
        gradient = one.weights(Part.GRADIENT, f"∂E/∂W{one.up()}")
        name = one.z.scope.rpartition("/")[2]
        letter = f"Δ{one.up()}" if one.part is Part.DELTA else f"∂E/∂{name}"
        delta = errors_of_steps(step, one.z, one.part, letter)
        label = f"[{'1, ' if one.ones else ''}{one.label}]^{{⊤}}"
        lying = lying_steps(step, label, one.sources, one.ones, place.weight)
        lines.append(
            (gradient, Sign("= −" if negative else "="), delta, Sign("∙"), lying, *_and_others(place))
        )
    return tuple(lines)


def _updates(place: Place) -> tuple[Formula, ...]:
    """W ← W − α·∂E/∂W, gate by gate."""
    step = _step(place)
    lines: list[Formula] = []
    for one in _sums(place):
        new = one.weights(Part.NEW, f"W{one.up('new')}", "update")
        old = row_used(one.weights(Part.VALUE, f"W{one.up()}"), step.unit, place.weight)
        gradient = row_used(one.weights(Part.GRADIENT, f"∂E/∂W{one.up()}"), step.unit, place.weight)
        if place.moment.is_plain_descent:
            lines.append((new, Sign("="), old, Sign("−"), learning_rate(), Sign("∙"), gradient))
        else:
            following = Sign(f"from {place.moment.optimizer.title}:")
            lines.append((new, following, old, Sign(","), learning_rate(), Sign(","), gradient))
        lines += [(block,) for block in _between(place, one)]
    return tuple(lines)


def _between(place: Place, one: _Sum) -> Iterator[Block]:
    """What the optimizer computes on its way to the new weights, a matrix for each of its lines."""
    computed = set(place.stage.computes)
    for part in dict.fromkeys(part for _, part in place.stage.computes if part in UPDATE_NUMBERS):
        nodes = [node for node in one.parameters if (node.scope, part) in computed]
        if nodes:
            yield gate_weights(
                nodes, one.rows, part, f"{UPDATE_NUMBERS[part].matrix}{one.up()}", "update", True
            )
