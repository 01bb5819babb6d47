"""The equations of one step of a recurrent layer: gates forward, and what comes back through them."""

from __future__ import annotations

from collections.abc import Iterator

from nnviz.engine.graph import DenseLayer, Node
from nnviz.engine.ops.base import Contraction
from nnviz.engine.ops.elementwise import Identity
from nnviz.engine.ops.gating import Added, Hadamard, Held, Mixed, Thinned
from nnviz.engine.ops.recurrence import InputSum
from nnviz.engine.ops.step_losses import GivenErrors
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part
from nnviz.ui.layout.matrix_equation import Block, Formula, Sign, row_used
from nnviz.ui.tabs.matrices.vectors import (
    Step,
    all_used,
    gate_weights,
    parameters_of,
    stacked,
    weights_back,
)


def forward_of(step: Step, layer: RecurrentLayer, node: Node) -> tuple[Formula, ...]:
    """How a vector of a step is made; of a gate its weighted sum, and φ of it."""
    gate = layer.gate_of(node)
    if gate is None:
        return (_made(step, layer, node),)
    a = step.vector(gate.a, Part.VALUE, step.label(gate.a, layer))
    z = step.used(step.vector(gate.z, Part.VALUE, step.label(gate.z, layer)))
    return _made(step, layer, gate.z), (a, Sign(f"= {gate.a.op.symbol}"), z)


def _made(step: Step, layer: RecurrentLayer, node: Node) -> Formula:
    nodes = step.place.graph.nodes
    result = step.vector(node, Part.VALUE, step.label(node, layer))
    inputs = [nodes[i] for i in node.inputs]
    if isinstance(node.op, Contraction):
        return result, Sign("="), *_sum(step, layer, node)
    read = [step.used(step.vector(one, Part.VALUE, step.label(one, layer))) for one in inputs]
    match node.op:
        case Hadamard():
            return result, Sign("="), read[0], Sign("⊙"), read[1]
        case Added():
            return result, Sign("="), read[0], Sign("+"), read[1]
        case Mixed():
            u, n, h = read
            return result, Sign("= (1 −"), u, Sign(") ⊙"), n, Sign("+"), u, Sign("⊙"), h
        case Thinned():
            return result, Sign(f"= 1/{node.op.keep:g} ∙"), read[1], Sign("⊙"), read[0]
        case Held():
            return result, Sign("="), read[0] if is_on(step) else read[1]
        case Identity():
            return result, Sign("="), read[0]
    return result, Sign("="), _before(step, layer, node)


def _sum(step: Step, layer: RecurrentLayer, node: Node) -> Formula:
    """W·[1, h, x]; the reset gate of a GRU lets through what is remembered after its weights."""
    nodes = step.place.graph.nodes
    gate = layer.gate_of(node) or layer.gates[-1]
    parameters = parameters_of(layer, node)
    w = gate_weights(parameters, gate.rows, Part.VALUE, f"W{step.gate_up(layer, gate)}")
    if step.unit is not None:
        w = row_used(w, step.unit, step.term)
    memory = layer.memories[0][0]
    sources = [one for one in (memory, layer.x) if one.index in node.inputs]
    has_bias = any(len(one.shape) == 1 for one in parameters)
    names = [*(["1"] if has_bias else []), *("h(t−1)" if one is memory else "x" for one in sources)]
    product: Formula = (w, Sign("∙"), stacked(step, f"[{', '.join(names)}]", sources, has_bias))
    if not isinstance(node.op, InputSum):
        return product
    added = next(nodes[i] for i in node.inputs if nodes[i] in layer.parts)
    return *product, Sign("+"), step.used(step.vector(added, Part.VALUE, step.label(added, layer)))


def _before(step: Step, layer: RecurrentLayer, memory: Node) -> Block:
    """What is remembered: the state of the step before, or the start state."""
    place = next(i for i, (one, _) in enumerate(layer.memories) if one is memory)
    copied = layer.memories[place][1]
    if step.t:
        before = step.at(step.t - 1)
        return step.used(before.vector(copied, Part.VALUE, f"{step.label(copied, layer)}, step {step.t}"))
    return step.used(step.vector(layer.starts[place], Part.VALUE, "start", "forward"))


def is_on(step: Step) -> bool:
    """Whether the sequence has a step."""
    return step.t < step.length


# Backward


def backward_of(step: Step, layer: RecurrentLayer, node: Node) -> tuple[Formula, ...]:
    """∂E/∂ of a vector as the sum of what comes back to it, and δ of a gate."""
    gate = layer.gate_of(node)
    node = gate.a if gate is not None else node
    label = step.label(node, layer)
    error = step.vector(node, Part.GRADIENT, f"∂E/∂{label}")
    ways = list(_ways(step, layer, node))
    line: list[Block | Sign] = [error]
    for way in ways:
        line += [Sign("=" if len(line) == 1 else "+"), *way]
    if not ways:
        line.append(Sign("= 0"))
    formulas = [*_from_above(step, layer, node), tuple(line)]
    if gate is not None:
        delta = step.vector(gate.z, Part.DELTA, f"δ{step.gate_up(layer, gate)}")
        slope = step.used(step.vector(gate.a, Part.SLOPE, f"φ′(z{step.gate_up(layer, gate)})", "forward"))
        formulas.append((delta, Sign("="), *step.minus, step.used(error), Sign("⊙"), slope))
    return tuple(formulas)


def _ways(step: Step, layer: RecurrentLayer, node: Node) -> Iterator[Formula]:
    """What comes back along every way that a vector has gone: up, into gates, to the next step."""
    if node is layer.a:
        yield (step.used(step.vector(node, Part.ABOVE, "from above")),)
    for reader in layer.parts:
        if node.index in reader.inputs:
            yield from _way(step, layer, node, reader)
    yield from _from_later(step, layer, node)


def _way(step: Step, layer: RecurrentLayer, node: Node, reader: Node) -> Iterator[Formula]:
    gate = layer.gate_of(reader)
    if gate is not None and reader is gate.a:
        return  # φ, which δ goes through
    if isinstance(reader.op, Contraction):
        error = _error(step, layer, reader)
        if isinstance(reader.op, InputSum) and node is not layer.x:
            yield *_sign(step, layer, reader), step.used(error)
        else:
            rows = (gate or layer.gates[-1]).rows
            up = step.gate_up(layer, gate or layer.gates[-1], "⊤")
            back = weights_back(step, layer.w_h, rows, f"W{up}")
            yield *_sign(step, layer, reader), back, Sign("∙"), all_used(error)
        return
    for slot, index in enumerate(reader.inputs):
        if index == node.index:
            yield from _through(step, layer, reader, slot)


def _error(step: Step, layer: RecurrentLayer, reader: Node) -> Block:
    gate = layer.gate_of(reader)
    if gate is None:
        return step.vector(reader, Part.GRADIENT, f"∂E/∂{step.label(reader, layer)}")
    return step.vector(gate.z, Part.DELTA, f"δ{step.gate_up(layer, gate)}")


def _sign(step: Step, layer: RecurrentLayer, reader: Node) -> tuple[Sign, ...]:
    return step.minus if layer.gate_of(reader) is not None else ()


def _through(step: Step, layer: RecurrentLayer, reader: Node, slot: int) -> Iterator[Formula]:
    """What an op hands back to one of its inputs."""
    nodes = step.place.graph.nodes
    inputs = [nodes[i] for i in reader.inputs]
    error = step.used(_error(step, layer, reader))

    def read(one: int) -> Block:
        return step.used(step.vector(inputs[one], Part.VALUE, step.label(inputs[one], layer)))

    match reader.op:
        case Hadamard():
            yield error, Sign("⊙"), read(1 - slot)
        case Mixed() if slot == 0:
            yield error, Sign("⊙ ("), read(2), Sign("−"), read(1), Sign(")")
        case Mixed() if slot == 1:
            yield error, Sign("⊙ (1 −"), read(0), Sign(")")
        case Mixed():
            yield error, Sign("⊙"), read(0)
        case Thinned():
            yield Sign(f"1/{reader.op.keep:g} ∙"), read(1), Sign("⊙"), error
        case Held():
            if is_on(step) == (slot == 0):
                yield (error,)
        case _:
            yield *_sign(step, layer, reader), error


def _from_later(step: Step, layer: RecurrentLayer, node: Node) -> Iterator[Formula]:
    for place, (memory, copied) in enumerate(layer.memories):
        if copied is not node:
            continue
        if step.t + 1 < step.length:
            label = f"from step {step.t + 2}"
            yield (step.used(step.at(step.t + 1).vector(memory, Part.GRADIENT, label)),)
        elif layer.later:
            yield (step.used(step.vector(layer.later[place], Part.VALUE, "from later", "backward")),)


def _from_above(step: Step, layer: RecurrentLayer, node: Node) -> Iterator[Formula]:
    """What the layers above hand down at a step, where one product makes it."""
    graph = step.place.graph
    if node is not layer.a:
        return
    above = graph.consumer_layer(node)
    error = step.vector(node, Part.ABOVE, "from above")
    is_given = graph.loss is not None and isinstance(graph.loss.op, GivenErrors)
    if is_given and above is None and graph.target is not None:
        yield error, Sign("="), step.vector(graph.target, Part.VALUE, "t", "plain")
    elif isinstance(above, DenseLayer) and (above.is_stepwise or step.t == step.length - 1):
        delta = step.vector(above.z, Part.DELTA, f"δ{step.place.up(above)}")
        back = weights_back(step, above.w, slice(0, above.w.shape[0]), f"W{step.place.up(above, '⊤')}")
        yield error, Sign("="), *step.minus, back, Sign("∙"), all_used(delta)
