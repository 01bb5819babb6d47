"""The terms of every sum in the textbook, read from the index map of an op.

Nothing here computes: the terms are expressions over the engine's own numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nnviz.engine.formula import (
    Difference,
    Expr,
    Group,
    Name,
    Negative,
    Omitted,
    Over,
    Product,
    Quantity,
    Sum,
    evaluate,
    with_names,
)
from nnviz.engine.graph import Layer, Node
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Contraction, Factor
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.ref import BIAS_INPUT, LEARNING_RATE, Part, Ref

MOST_TERMS = 12
HEAD_TERMS = 4


def quantity(moment: Moment, ref: Ref, many: bool = False) -> Quantity:
    """One known number with its name, color and caption; `many` where other examples stand beside it."""
    value = moment.value(ref)
    assert value is not None, f"{ref} is not computed yet"
    row = moment.focus if ref.example is None else ref.example
    is_other = ref.example is not None and ref.example != moment.focus
    example = moment.textbook.example(row) if (many or is_other) and ref != BIAS_INPUT else ""
    if ref.part in (Part.LOW, Part.HIGH):
        name = Name(moment.textbook.scaling_word(ref.part))
        return Quantity(name, value, ref, "data", moment.notation.caption(ref), moment.decimals(ref))
    name = moment.notation.name(ref, example)
    caption = moment.notation.caption(ref) + (f", {example}" if example else "")
    return Quantity(name, value, ref, role_of(moment, ref, value), caption, moment.decimals(ref))


def role_of(moment: Moment, ref: Ref, value: float) -> str:
    """The kind of thing a number is, which gives it its color."""
    if ref.part in (Part.DELTA, Part.GRADIENT, Part.SHARE):
        return "backward"
    if ref.part is Part.NEW or ref.scope == LEARNING_RATE.scope:
        return "update"
    if ref == BIAS_INPUT:
        return "plain"
    if ref.scope == "loss" or ref.part is Part.ERROR:
        return "loss"
    node = moment.graph[ref.scope]
    if node.is_parameter:
        return "negative" if value < 0 else "positive" if value > 0 else "plain"
    return "forward" if node.inputs else "data"


# Terms


def sum_terms(moment: Moment, node: Node, ref: Ref) -> list[Expr]:
    """The products of a weighted sum, from the index map of its op."""
    assert isinstance(node.op, Contraction)
    inputs = [moment.graph.nodes[i] for i in node.inputs]
    shapes = [n.shape for n in inputs]
    return [_term(moment, inputs, factors, ref.example) for factors in node.op.terms(ref.cell, *shapes)]


def _term(moment: Moment, inputs: list[Node], factors: tuple[Factor, ...], example: int | None) -> Expr:
    parts: list[Expr] = []
    for factor in factors:
        node = inputs[factor.slot]
        of = None if node.is_parameter else example
        parts.append(quantity(moment, Ref(node.scope, cell=factor.cell, example=of)))
    if len(parts) == 1:
        parts.append(quantity(moment, BIAS_INPUT))
    return Product(tuple(parts))


def error_terms(moment: Moment, layer: Layer, ref: Ref) -> list[Expr]:
    """The products δ(i)·w(i,k) that make ∂E/∂a(k), from the uses of a(k) in the layer above."""
    above = moment.graph.consumer_layer(layer.a)
    assert above is not None and isinstance(above.z.op, Contraction)
    inputs = [moment.graph.nodes[i] for i in above.z.inputs]
    late = moment.graph.late_weights
    terms: list[Expr] = []
    for use in above.z.op.uses(Factor(0, ref.cell), *(n.shape for n in inputs)):
        delta = quantity(moment, Ref(above.z.scope, Part.DELTA, use.output, ref.example))
        weights = []
        for factor in use.others:
            node = inputs[factor.slot]
            part = Part.NEW if late and node.is_trainable else Part.VALUE
            weights.append(quantity(moment, Ref(node.scope, part, factor.cell)))
        terms.append(Product((delta, *weights)))
    return terms


def share_terms(moment: Moment, node: Node, ref: Ref) -> list[Expr]:
    """The products δ(i)·a(k) that make ∂E/∂w(i,k): one for every example and every use of the weight."""
    return [
        product
        for row in moment.rows
        for product in terms_of_example(moment, node, replace(ref, example=row), many=len(moment.rows) > 1)
    ]


def over_examples(moment: Moment, terms_of: Callable[[int, bool], list[Expr]]) -> Expr:
    """What all examples of the batch add up to; `terms_of(row, many)` gives the terms of one."""
    if len(moment.rows) == 1:
        return short_sum(terms_of(moment.rows[0], False))
    short = short_sum([term for row in moment.rows for term in terms_of(row, True)])
    assert isinstance(short, Sum)
    any_example = with_names(short_sum(terms_of(moment.focus, False)), _name_in_any_example)
    return Over(short.terms, any_example)


def _name_in_any_example(quantity: Quantity) -> Name:
    if quantity.ref == BIAS_INPUT:
        return quantity.name
    return replace(quantity.name, over=f"{quantity.name.over}d")


def terms_of_example(moment: Moment, node: Node, ref: Ref, many: bool) -> list[Expr]:
    """The products δ(i)·a(k) of one example, `ref.example`: one for every use of the parameter."""
    layer = moment.graph.layer_of(node)
    assert layer is not None and isinstance(layer.z.op, Contraction)
    inputs = [moment.graph.nodes[i] for i in layer.z.inputs]
    slot = layer.z.inputs.index(node.index)
    products: list[Expr] = []
    for use in layer.z.op.uses(Factor(slot, ref.cell), *(n.shape for n in inputs)):
        delta = quantity(moment, Ref(layer.z.scope, Part.DELTA, use.output, ref.example), many)
        others: list[Expr] = [
            quantity(moment, Ref(inputs[f.slot].scope, cell=f.cell, example=ref.example), many)
            for f in use.others
        ]
        factors: tuple[Expr, ...] = (delta, *(others or [quantity(moment, BIAS_INPUT)]))
        negative = moment.textbook.conventions.delta_sign < 0
        products.append(Negative(Product(factors)) if negative else Product(factors))
    return products


def softmax_terms(moment: Moment, layer: Layer, ref: Ref) -> list[Expr]:
    """The products ∂E/∂a(j)·∂a(j)/∂z(i): every activation of a softmax depends on every z."""
    assert isinstance(layer.a.op, Softmax)
    ys: list[Expr] = [quantity(moment, beside(layer.a, j, ref)) for j in range(layer.units)]
    return [
        Product(
            (
                quantity(moment, beside(layer.a, j, ref).of(Part.GRADIENT)),
                Group(layer.a.op.slope_expression(j, ref.cell[0], ys)),
            )
        )
        for j in range(layer.units)
    ]


def loss_terms(moment: Moment, row: int, many: bool) -> list[Expr]:
    """One term of the loss for every output of an example."""
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
    return [
        loss.op.scaled(term, count) for row in moment.rows for term in loss_terms(moment, row, many=count > 1)
    ]


def all_terms(moment: Moment, ref: Ref) -> list[Expr]:
    """Every term of the sum behind a number, for what is computed of its factors."""
    node = moment.graph[ref.scope]
    if node is moment.graph.loss:
        return _known_loss_terms(moment)
    layer = moment.graph.layer_of(node)
    assert layer is not None
    if ref.part is Part.VALUE:
        return sum_terms(moment, node, ref)
    if ref.part is Part.DELTA:
        return softmax_terms(moment, layer, ref)
    if node.is_parameter:
        return share_terms(moment, node, ref)
    return error_terms(moment, layer, ref)


def short_sum(terms: list[Expr]) -> Expr:
    """A sum with its middle left out where it would be too long to read."""
    if len(terms) == 1:
        return terms[0]
    if len(terms) <= MOST_TERMS:
        return Sum(tuple(terms))
    middle = terms[HEAD_TERMS:-1]
    omitted = Omitted(len(middle), sum(evaluate(term) for term in middle))
    return Sum((*terms[:HEAD_TERMS], omitted, terms[-1]))


def with_sign(moment: Moment, expr: Expr) -> Expr:
    """δ = −∂E/∂z in a lesson that signs it so."""
    if moment.textbook.conventions.delta_sign > 0:
        return expr
    if isinstance(expr, Negative):
        return expr.inner
    return Negative(Group(expr) if isinstance(expr, (Sum, Difference)) else expr)


def beside(node: Node, cell: int, ref: Ref) -> Ref:
    """A cell of a node, in the example that `ref` belongs to."""
    return Ref(node.scope, cell=(cell,), example=ref.example)
