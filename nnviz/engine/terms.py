"""The terms of every sum in the textbook, read from the index map of an op.

Nothing here computes: the terms are expressions over the engine's own numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from nnviz.engine.formula import (
    Difference,
    Expr,
    Group,
    Name,
    Negative,
    Over,
    Product,
    Quantity,
    Sum,
    constant,
    with_names,
)
from nnviz.engine.graph import ConvolutionLayer, DenseLayer, Layer, Node, PoolingLayer, WeightedLayer
from nnviz.engine.mistakes import counts
from nnviz.engine.moment import Moment
from nnviz.engine.notation_steps import at_the_end
from nnviz.engine.ops.base import Contraction, Factor, Pooling
from nnviz.engine.ops.elementwise import PReLU
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.quantities import quantity
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import CONSTANTS, STEP_LOSSES, Part, Ref
from nnviz.engine.sliding import ANY_EXAMPLE, any_product, any_use
from nnviz.engine.sums import (
    ONE,
    OUTPUT,
    ZERO,
    Following,
    OverRows,
    Products,
    Terms,
    Written,
    short_sum,
    sum_of_any,
)
from nnviz.engine.terms_steps import error_terms_of_state, handed_back, step_losses, step_terms

ABSENT = constant(0.0)  # a term that is there in other examples only: of a step behind the end of a sequence
MOST_SPELLED = 6  # the neurons whose errors are written out in symbols
MOST_IN_GROUPS = 27  # the products of a receptive field of which every channel is a sum of its own


def sum_terms(moment: Moment, node: Node, ref: Ref) -> Products:
    """The products of a weighted sum, from the index map of its op."""
    assert isinstance(node.op, Contraction)
    inputs = [moment.graph.nodes[i] for i in node.inputs]
    terms = node.op.terms(ref.cell, *(moment.shape(n, ref.example) for n in inputs))
    factors = [term if len(term) > 1 else (*term, Factor(ONE, ())) for term in terms]
    return Products(moment, _sources(inputs, ref.example), factors)


def _sources(inputs: Sequence[Node], example: int | None) -> dict[int, Ref]:
    """Where the factors of each slot are found."""
    return {
        slot: Ref(node.scope, example=None if node.is_parameter else example)
        for slot, node in enumerate(inputs)
    }


def whose_if_other(moment: Moment, ref: Ref) -> str:
    """The name of the example of a number, unless it is the one in focus."""
    is_other = ref.example is not None and ref.example != moment.focus
    return moment.textbook.example(ref.example) if is_other and ref.example is not None else ""


def weighted_sum(moment: Moment, node: Node, ref: Ref) -> Expr:
    """A weighted sum as it is read; where a receptive field has a few channels, a sum for each of them."""
    terms = sum_terms(moment, node, ref)
    layer = moment.graph.layer_of(node)
    if not isinstance(layer, ConvolutionLayer) or len(terms) < 2:
        return short_sum(terms)
    bias = len(node.inputs) - 2
    field = Written(terms[bias:]) if len(terms) <= MOST_IN_GROUPS else Following(terms, bias)
    general = any_product(moment, layer, ref.cell, whose_if_other(moment, ref))
    products = Over(_by_channel(field, layer.w.shape[1]), general)
    return Sum((terms[0], products)) if bias else products


def _by_channel(field: Terms, channels: int) -> tuple[Expr, ...]:
    """The products of a receptive field, a group for each channel where they can all be read."""
    if channels == 1 or len(field) >= MOST_IN_GROUPS:
        total = short_sum(field)
        return total.terms if isinstance(total, Sum) else (total,)
    size = len(field) // channels
    return tuple(Group(short_sum(field[i : i + size])) for i in range(0, len(field), size))


def error_terms(moment: Moment, layer: Layer, ref: Ref) -> Terms:
    """The terms of ∂E/∂a(k), one for every use of a(k) in the layer above.

    A weighted sum hands back δ(i)·w(i,k), a pooling layer ∂E/∂p·∂p/∂a.
    """
    above = moment.graph.consumer_layer(layer.a)
    if isinstance(above, RecurrentLayer):
        return error_terms_of_state(moment, above, ref)
    if isinstance(above, PoolingLayer):
        return pooled_terms(moment, above, ref)
    assert isinstance(above, WeightedLayer) and isinstance(above.z.op, Contraction)
    inputs = [moment.graph.nodes[i] for i in above.z.inputs]
    sources = _sources(inputs, ref.example)
    if moment.graph.late_weights:
        new = {slot: sources[slot].of(Part.NEW) for slot, node in enumerate(inputs) if node.is_trainable}
        sources |= new
    sources[OUTPUT] = Ref(above.z.scope, Part.DELTA, example=ref.example)
    uses = above.z.op.uses(Factor(0, ref.cell), *(moment.shape(n, ref.example) for n in inputs))
    return Products(moment, sources, [(Factor(OUTPUT, use.output), *use.others) for use in uses])


def error_sum(moment: Moment, layer: Layer, ref: Ref) -> Expr:
    """∂E/∂a(k) as it is read: over many neurons above, the symbols say it once for all of them."""
    terms = error_terms(moment, layer, ref)
    total = short_sum(terms)
    above = moment.graph.consumer_layer(layer.a)
    if not isinstance(above, DenseLayer) or len(terms) <= MOST_SPELLED or not isinstance(total, Sum):
        return total
    return Over(total.terms, with_names(terms[0], _name_of_any_neuron))


def _name_of_any_neuron(quantity: Quantity) -> Name:
    """δ₁ as δᵢ, w₁,₇ as wᵢ,₇."""
    _, comma, source = quantity.name.sub.partition(",")
    return replace(quantity.name, sub=f"i{comma}{source}")


def pooled_terms(moment: Moment, above: PoolingLayer, ref: Ref) -> Written:
    """∂E/∂p·∂p/∂a for every window that a cell lies in."""
    op = above.a.op
    known = moment.array(above.x.scope)
    assert isinstance(op, Pooling) and known is not None
    row = moment.place_of(moment.focus if ref.example is None else ref.example)
    terms: list[Expr] = []
    for window in op.windows_of(ref.cell, above.x.shape):
        error = quantity(moment, Ref(above.a.scope, Part.GRADIENT, window, ref.example))
        slope = op.slope(window, ref.cell, known.array[row])
        p = moment.notation.name(Ref(above.a.scope, cell=window))
        name = replace(p, by=moment.notation.name(Ref(above.x.scope, cell=ref.cell)))
        terms.append(
            Product((error, Quantity(name, slope, None, "plain", "", 0 if slope in (0, 1) else None)))
        )
    return Written(terms)


def share_terms(moment: Moment, node: Node, ref: Ref) -> OverRows:
    """The products δ(i)·a(k) that make ∂E/∂w(i,k): one for every example and every use of the weight."""
    many = len(moment.rows) > 1
    return OverRows(moment, lambda row: terms_of_example(moment, node, replace(ref, example=row), many=many))


def over_examples(
    moment: Moment,
    terms_of: Callable[[int, bool], Terms],
    general: Terms | None = None,
    counts: Sequence[int] | None = None,
) -> Expr:
    """What all examples of the batch add up to; `terms_of(row, many)` gives the terms of one.

    `general` are the terms of any example in symbols, by default those of the example in focus; `counts` says
    how many terms every example has, where they do not have as many.
    """
    if len(moment.rows) == 1:
        return short_sum(terms_of(moment.rows[0], False))
    short = short_sum(OverRows(moment, lambda row: terms_of(row, True), counts))
    assert isinstance(short, Sum)
    one = terms_of(moment.focus, False) if general is None else general
    has_ends = moment.graph.going is not None and counts is None

    def name_in_any_example(quantity: Quantity) -> Name:
        if quantity.ref in CONSTANTS or quantity.ref is None:
            return quantity.name
        step = moment.graph.step_of(quantity.ref) if has_ends else None
        name = quantity.name if step is None else at_the_end(quantity.name, step)
        return replace(name, over=f"{name.over}{ANY_EXAMPLE}")

    return Over(short.terms, with_names(sum_of_any(one), name_in_any_example))


def gradient_terms(moment: Moment, node: Node, ref: Ref, many: bool) -> Terms:
    """What one example adds to the gradient of a parameter.

    The products δ·a, or their sum in one number where a filter is used at many positions by many examples.
    """
    if many and isinstance(moment.graph.layer_of(node), ConvolutionLayer):
        return Written([quantity(moment, ref.of(Part.SHARE), many)])
    return terms_of_example(moment, node, ref, many)


def gradient_in_any_example(moment: Moment, node: Node, ref: Ref) -> Terms:
    """The same for any example, which may use a filter at every position."""
    layer = moment.graph.layer_of(node)
    if isinstance(layer, ConvolutionLayer) and node is layer.w:
        return Written([with_sign(moment, any_use(moment, layer, ref.cell, ANY_EXAMPLE))])
    return terms_of_example(moment, node, replace(ref, example=moment.focus), many=False)


def gradient_of_example(moment: Moment, node: Node, ref: Ref) -> Expr:
    """What one example adds to the gradient of a parameter, as it is read."""
    total = short_sum(terms_of_example(moment, node, ref, many=False))
    layer = moment.graph.layer_of(node)
    if not isinstance(layer, ConvolutionLayer) or node is not layer.w or not isinstance(total, Sum):
        return total
    return Over(total.terms, with_sign(moment, any_use(moment, layer, ref.cell, whose_if_other(moment, ref))))


def terms_of_example(moment: Moment, node: Node, ref: Ref, many: bool) -> Terms:
    """The products δ(i)·a(k) of one example, `ref.example`: one for every use of the parameter."""
    layer = moment.graph.layer_of(node)
    assert isinstance(layer, WeightedLayer) and isinstance(layer.z.op, Contraction)
    if node is layer.slopes:
        return SlopeTerms(moment, layer, ref, many)
    inputs = [moment.graph.nodes[i] for i in layer.z.inputs]
    slot = layer.z.inputs.index(node.index)
    sources = _sources(inputs, ref.example)
    sources[OUTPUT] = Ref(layer.z.scope, Part.DELTA, example=ref.example)
    uses = layer.z.op.uses(Factor(slot, ref.cell), *(moment.shape(n, ref.example) for n in inputs))
    factors = [(Factor(OUTPUT, use.output), *(use.others or (Factor(ONE, ()),))) for use in uses]
    negative = moment.textbook.conventions.delta_sign < 0
    return Products(moment, sources, factors, many, negative)


class SlopeTerms(Terms):
    """The products ∂E/∂a·∂a/∂λ of one example: one of a neuron, one for every cell of a map."""

    def __init__(self, moment: Moment, layer: WeightedLayer, ref: Ref, many: bool) -> None:
        assert layer.slopes is not None and ref.example is not None
        self._moment, self._layer, self._many = moment, layer, many
        self._map, self._row = ref.cell[0], ref.example
        self._error = Ref(layer.a.scope, Part.GRADIENT, example=ref.example)
        self._slope = Ref(layer.slopes.scope, Part.SLOPE, example=ref.example)

    def __len__(self) -> int:
        return math.prod(self._layer.a.shape[1:])

    def term(self, index: int) -> Expr:
        place = np.unravel_index(index, self._layer.a.shape[1:]) if self._layer.is_map else ()
        cell = (self._map, *(int(i) for i in place))
        factors = (replace(self._error, cell=cell), replace(self._slope, cell=cell))
        error, slope = (quantity(self._moment, ref, self._many) for ref in factors)
        return Product((error, replace(slope, decimals=0) if slope.value == 0 else slope))

    def values(self, stop: int | None = None) -> list[float]:
        errors = self._moment.array(self._layer.a.scope, Part.GRADIENT)
        sums = self._moment.array(self._layer.z.scope)
        op = self._layer.a.op
        assert errors is not None and sums is not None and isinstance(op, PReLU)
        at = (self._moment.place_of(self._row), self._map)
        shares = errors.array[at] * op.slope_derivative(sums.array[at])
        return [float(share) for share in np.ravel(shares)[:stop]]


def softmax_terms(moment: Moment, layer: WeightedLayer, ref: Ref) -> Written:
    """The products ∂E/∂a(j)·∂a(j)/∂z(i): every activation of a softmax depends on every z."""
    op = layer.a.op
    assert isinstance(op, Softmax)
    units = range(layer.a.shape[-1])
    ys: list[Expr] = [quantity(moment, beside(layer.a, j, ref)) for j in units]
    return Written(
        [
            Product(
                (
                    quantity(moment, beside(layer.a, j, ref).of(Part.GRADIENT)),
                    Group(op.slope_expression(j, ref.cell[-1], ys)),
                )
            )
            for j in units
        ]
    )


def loss_terms(moment: Moment, row: int, many: bool) -> list[Expr]:
    """One term of the loss for every output of an example: 0 for an example that does not count."""
    if not counts(moment, row):
        return [ZERO] * moment.graph.output.units
    return written_loss_terms(moment, row, many)


def written_loss_terms(moment: Moment, row: int, many: bool) -> list[Expr]:
    """The terms of the loss for the outputs of an example, as if it counted."""
    loss, target = moment.graph.loss, moment.graph.target
    assert loss is not None and target is not None and isinstance(loss.op, Loss)
    output = moment.graph.output
    terms = []
    for i in range(output.units):
        a = quantity(moment, Ref(output.a.scope, cell=(i,), example=row), many)
        terms.append(
            loss.op.term_expression(a, quantity(moment, Ref(target.scope, cell=(i,), example=row), many))
        )
    return terms


def _known_loss_terms(moment: Moment) -> list[Expr]:
    loss = moment.graph.loss
    assert loss is not None and isinstance(loss.op, Loss)
    count = len(moment.rows)
    if STEP_LOSSES in moment.graph:
        steps = moment.graph[STEP_LOSSES].shape[0]
        each = [[*step_losses(moment, row, count > 1)] for row in moment.rows]
        terms = [term for row in each for term in (*row, *[ABSENT] * (steps - len(row)))]
        return [term if term is ABSENT else loss.op.scaled(term, count) for term in terms]
    return [
        loss.op.scaled(term, count) for row in moment.rows for term in loss_terms(moment, row, many=count > 1)
    ]


def all_terms(moment: Moment, ref: Ref) -> Terms:
    """Every term of the sum behind a number, for what is computed of its factors."""
    node = moment.graph[ref.scope]
    if node is moment.graph.loss:
        return Written(_known_loss_terms(moment))
    layer = moment.graph.layer_of(node)
    assert layer is not None
    if ref.part is Part.VALUE:
        return sum_terms(moment, node, ref)
    if node.is_parameter and layer.is_stepwise:
        return step_terms(moment, node, ref)
    if isinstance(layer, RecurrentLayer) and ref.part is Part.GRADIENT:
        return handed_back(moment, layer, node, ref)
    if ref.part is Part.DELTA:
        assert isinstance(layer, WeightedLayer)
        return softmax_terms(moment, layer, ref)
    if node.is_parameter:
        return share_terms(moment, node, ref)
    return error_terms(moment, layer, ref)


def with_sign(moment: Moment, expr: Expr) -> Expr:
    """δ = −∂E/∂z in a lesson that signs it so."""
    if moment.textbook.conventions.delta_sign > 0:
        return expr
    if isinstance(expr, Negative):
        return expr.inner
    return Negative(Group(expr) if isinstance(expr, (Sum, Difference)) else expr)


def beside(node: Node, cell: int, ref: Ref) -> Ref:
    """A cell of a node, in the example and at the step that `ref` belongs to."""
    return Ref(node.scope, cell=(*ref.cell[:-1], cell), example=ref.example)
