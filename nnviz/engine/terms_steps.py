"""The terms of the sums in networks that read sequences: uses of a state and of a shared weight.

Nothing here computes: the terms are expressions over the engine's own numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from nnviz.engine.contributions import readers_of
from nnviz.engine.formula import Expr, Negative, Quantity
from nnviz.engine.graph import Node
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Contraction, Factor
from nnviz.engine.ops.elementwise import Identity
from nnviz.engine.ops.gating import HELD, Held
from nnviz.engine.ops.step_losses import StepLosses
from nnviz.engine.quantities import quantity
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.sums import ONE, OUTPUT, Joined, Leading, Products, Terms, Written, short_sum

# Shared weights


class StepTerms(Terms):
    """What the time steps add to the gradient of a shared weight, from the first to the last of the batch.

    With one example these are the products δ·h of every step; with more, the contribution of each step.
    """

    def __init__(self, moment: Moment, node: Node, ref: Ref, example: int | None) -> None:
        self._moment, self._node, self._ref = moment, node, ref
        self._example = example
        self._steps = max(map(moment.lengths.of, range(len(moment.rows))))

    def __len__(self) -> int:
        return self._steps

    def values(self, stop: int | None = None) -> list[float]:
        if self._example is not None and len(self._moment.rows) > 1:
            return super().values(stop)
        return self._moment.by_step(self._ref)[: self._steps if stop is None else stop]

    def of_example(self, row: int) -> Terms:
        """Without the steps that the sequence of an example does not have."""
        return Leading(self, self._moment.lengths.of(self._moment.place_of(row)))

    def term(self, index: int) -> Expr:
        if self._example is not None:
            return short_sum(products_at(self._moment, self._node, self._ref, index, self._example, False))
        at_step = replace(self._ref, part=Part.AT_STEP, cell=(index, *self._ref.cell), example=None)
        return quantity(self._moment, at_step)


def step_terms(moment: Moment, node: Node, ref: Ref) -> StepTerms:
    """The terms of ∂E/∂w: one for every time step."""
    return StepTerms(moment, node, ref, moment.rows[0] if len(moment.rows) == 1 else None)


def products_at(moment: Moment, node: Node, ref: Ref, t: int, example: int, many: bool) -> Products:
    """The products of an error and what came in that one example adds at one step."""
    factors: list[tuple[Factor, ...]] = []
    sources: dict[int, Ref] = {}
    for reader, slot in readers_of(moment.graph, node):
        assert isinstance(reader.op, Contraction)
        inputs = [moment.graph.nodes[i] for i in reader.inputs]
        uses = reader.op.uses(Factor(slot, ref.cell), *(moment.shape(one, example) for one in inputs))
        found = [use for use in uses if use.output[0] == t]
        if not found:
            continue
        sources = _sources(inputs, example) | {OUTPUT: error_of(moment, reader, example)}
        factors += [(Factor(OUTPUT, use.output), *(use.others or (Factor(ONE, ()),))) for use in found]
    negative = bool(factors) and _is_negative(moment, sources[OUTPUT])
    return Products(moment, sources, factors, many, negative)


def _sources(inputs: list[Node], example: int | None) -> dict[int, Ref]:
    return {
        slot: Ref(node.scope, example=None if node.is_parameter else example)
        for slot, node in enumerate(inputs)
    }


def error_of(moment: Moment, node: Node, example: int | None) -> Ref:
    """The error of a weighted sum: δ of neurons, ∂E/∂ of a sum that goes through no φ."""
    layer = moment.graph.layer_of(node)
    is_part = isinstance(layer, RecurrentLayer) and layer.gate_of(node) is None
    return Ref(node.scope, Part.GRADIENT if is_part else Part.DELTA, example=example)


def _is_negative(moment: Moment, error: Ref) -> bool:
    return error.part is Part.DELTA and moment.textbook.conventions.delta_sign < 0


def contribution_of_step(moment: Moment, node: Node, ref: Ref) -> Expr:
    """What one step adds to the gradient of a weight, over all examples of the batch."""
    t, *cell = ref.cell
    whole = replace(ref, cell=tuple(cell))
    many = len(moment.rows) > 1
    rows = [products_at(moment, node, whole, t, row, many) for row in moment.rows]
    return short_sum([term for products in rows for term in products])


def share_of_example(moment: Moment, node: Node, ref: Ref) -> Expr:
    """What one example adds to the gradient of a weight, over all its steps."""
    row = moment.focus if ref.example is None else ref.example
    return short_sum(StepTerms(moment, node, ref, row).of_example(row))


# Errors


def error_terms_of_state(moment: Moment, above: RecurrentLayer, ref: Ref) -> Terms:
    """The terms of the error that a recurrent layer sends down: one for every unit of every gate."""
    return _uses_in_sums(moment, above, above.x, ref, is_signed=False)


def handed_back(moment: Moment, layer: RecurrentLayer, memory: Node, ref: Ref) -> Terms:
    """The terms of ∂E/∂h(t−1): the errors of all gates along their weights, and what passes unchanged."""
    others = Written(list(_other_uses(moment, layer, memory, ref)))
    return Joined(_uses_in_sums(moment, layer, memory, ref), others)


def _uses_in_sums(
    moment: Moment, layer: RecurrentLayer, node: Node, ref: Ref, is_signed: bool = True
) -> Terms:
    """δ·w for every use of a number in the weighted sums of a recurrent layer, with the sign of ∂E/∂z."""
    found: list[Terms] = []
    for part in layer.parts:
        if not isinstance(part.op, Contraction) or node.index not in part.inputs:
            continue
        inputs = [moment.graph.nodes[i] for i in part.inputs]
        slot = part.inputs.index(node.index)
        uses = part.op.uses(Factor(slot, ref.cell), *(moment.shape(one, ref.example) for one in inputs))
        error = error_of(moment, part, ref.example)
        sources = _sources(inputs, ref.example) | {OUTPUT: error}
        factors = [(Factor(OUTPUT, use.output), *use.others) for use in uses]
        negative = is_signed and _is_negative(moment, error)
        found.append(Products(moment, sources, factors, negative=negative))
    return Joined(*found)


def _other_uses(moment: Moment, layer: RecurrentLayer, node: Node, ref: Ref) -> Iterator[Expr]:
    """What comes back from products, sums and copies that use a number."""
    for part in layer.parts:
        for slot, index in enumerate(part.inputs):
            if index != node.index or isinstance(part.op, Contraction) or layer.gate_of(part) is not None:
                continue
            if isinstance(part.op, Held) and slot == HELD:  # only behind the end of a sequence
                continue
            yield _back_through(moment, part, slot, ref)
    for gate in layer.gates:
        if isinstance(gate.z.op, Identity) and gate.z.inputs == (node.index,):
            delta = quantity(moment, replace(ref, scope=gate.z.scope, part=Part.DELTA))
            yield Negative(delta) if moment.textbook.conventions.delta_sign < 0 else delta


def _back_through(moment: Moment, part: Node, slot: int, ref: Ref) -> Expr:
    """∂E/∂y of an op, times its derivative with respect to one slot."""
    error = quantity(moment, replace(ref, scope=part.scope, part=Part.GRADIENT))
    xs = [_input(moment, moment.graph.nodes[i], ref) for i in part.inputs]
    expression: Callable[..., Expr] = part.op.error_expression  # type: ignore[attr-defined]
    return expression(slot, error, *xs)


def _input(moment: Moment, node: Node, ref: Ref) -> Expr:
    """The same cell of another node; a mask has none of a single step, and the end none of a unit."""
    cell = ref.cell if len(node.shape) == 2 else ref.cell[1:]
    if node is moment.graph.going:
        cell = ref.cell[:1]
    return quantity(moment, Ref(node.scope, Part.VALUE, cell, ref.example))


def errors_into(moment: Moment, layer: RecurrentLayer, node: Node, ref: Ref) -> Terms:
    """All that comes back to a number of a recurrent layer: where it forks, the errors of its branches."""
    terms = [quantity(moment, ref.of(Part.ABOVE))] if node is layer.a else []
    later = from_later(moment, layer, node, ref)
    more = list(_other_uses(moment, layer, node, ref))
    return Written([*terms, *_uses_in_sums(moment, layer, node, ref), *more, *later])


def from_later(moment: Moment, layer: RecurrentLayer, node: Node, ref: Ref) -> list[Expr]:
    """What the step after hands back to a state; at the last step what comes from behind the end."""
    for place, (memory, copied) in enumerate(layer.memories):
        if copied is not node:
            continue
        t, i = ref.cell
        if t + 1 < moment.shape(node, ref.example)[0]:
            return [quantity(moment, replace(ref, scope=memory.scope, part=Part.GRADIENT, cell=(t + 1, i)))]
        if layer.later:
            return [quantity(moment, Ref(layer.later[place].scope, Part.VALUE, (i,), ref.example))]
    return []


def part_value(moment: Moment, layer: RecurrentLayer, node: Node, ref: Ref) -> Expr | None:
    """A number of a recurrent layer from those it is made of, but for weighted sums and φ."""
    for place, (memory, copied) in enumerate(layer.memories):
        if memory is node:
            t, i = ref.cell
            source = (copied.scope, (t - 1, i)) if t else (layer.starts[place].scope, (i,))
            return quantity(moment, Ref(source[0], Part.VALUE, source[1], ref.example))
    xs = [_input(moment, moment.graph.nodes[i], ref) for i in node.inputs]
    expression: Callable[..., Expr] = node.op.expression  # type: ignore[attr-defined]
    return expression(*xs)


# The loss


def step_loss(moment: Moment, ref: Ref) -> Expr:
    """E(t) of one example, from the outputs and targets of that step."""
    op = moment.graph[STEP_LOSSES].op
    output, target = moment.graph.output, moment.graph.target
    assert isinstance(op, StepLosses) and target is not None
    t = ref.cell[0]
    terms = []
    for i in range(output.a.shape[-1]):
        a = quantity(moment, Ref(output.a.scope, Part.VALUE, (t, i), ref.example))
        wanted = quantity(moment, Ref(target.scope, Part.VALUE, (t, i), ref.example))
        terms.append(op.loss.term_expression(a, wanted))
    return short_sum(terms)


def step_losses(moment: Moment, row: int, many: bool) -> Terms:
    """The errors of all steps of one example."""
    steps = moment.lengths.of(moment.place_of(row))
    return Written([quantity(moment, Ref(STEP_LOSSES, cell=(t,), example=row), many) for t in range(steps)])


def any_step_losses(moment: Moment) -> Terms:
    """The errors of all steps of any example, in symbols: of as many as the longest sequence has."""
    steps = range(moment.graph[STEP_LOSSES].shape[0])
    refs = [Ref(STEP_LOSSES, cell=(t,)) for t in steps]
    return Written(
        [Quantity(moment.notation.name(ref), moment.value(ref) or 0.0, ref, "loss") for ref in refs]
    )
