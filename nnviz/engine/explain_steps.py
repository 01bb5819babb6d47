"""Where the numbers of networks that read sequences come from: states, gates, and their errors."""

from __future__ import annotations

from nnviz.engine.formula import Expr, Product
from nnviz.engine.graph import Node
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Contraction
from nnviz.engine.ops.gating import Memory
from nnviz.engine.quantities import quantity
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.sums import short_sum
from nnviz.engine.terms import error_sum, sum_terms, with_sign
from nnviz.engine.terms_steps import (
    contribution_of_step,
    errors_into,
    handed_back,
    part_value,
    share_of_example,
    step_loss,
    step_terms,
)

OF_WEIGHTS = (Part.GRADIENT, Part.SHARE, Part.AT_STEP)
OF_UNITS = (Part.VALUE, Part.GRADIENT, Part.DELTA, Part.ABOVE)


def speaks_of(moment: Moment, node: Node, ref: Ref) -> bool:
    """Whether the equation of a number is one of those below."""
    if node.scope == STEP_LOSSES:
        return ref.part is Part.VALUE
    layer = moment.graph.layer_of(node)
    if layer is None or not layer.is_stepwise:
        return False
    if node.is_parameter:
        return ref.part in OF_WEIGHTS
    return isinstance(layer, RecurrentLayer) and bool(node.inputs) and ref.part in OF_UNITS


def right_side(moment: Moment, node: Node, ref: Ref) -> Expr | None:
    """The right side of its equation."""
    if node.scope == STEP_LOSSES:
        return step_loss(moment, ref)
    if node.is_parameter:
        return _of_weight(moment, node, ref)
    layer = moment.graph.layer_of(node)
    assert isinstance(layer, RecurrentLayer)
    if ref.part is Part.VALUE:
        return _value(moment, layer, node, ref)
    if ref.part is Part.ABOVE:
        return _above(moment, layer, ref)
    if ref.part is Part.DELTA:
        return _delta(moment, layer, node, ref)
    return _gradient(moment, layer, node, ref)


def _of_weight(moment: Moment, node: Node, ref: Ref) -> Expr:
    if ref.part is Part.AT_STEP:
        return contribution_of_step(moment, node, ref)
    if ref.part is Part.SHARE:
        return share_of_example(moment, node, ref)
    terms = step_terms(moment, node, ref)
    return short_sum(terms if len(moment.rows) > 1 else terms.of_example(moment.rows[0]))


def _value(moment: Moment, layer: RecurrentLayer, node: Node, ref: Ref) -> Expr | None:
    if isinstance(node.op, Contraction):
        return short_sum(sum_terms(moment, node, ref))
    return part_value(moment, layer, node, ref)


def _above(moment: Moment, layer: RecurrentLayer, ref: Ref) -> Expr:
    """The error that comes into a state from the layer above; where it is given, the given number."""
    if moment.graph.consumer_layer(layer.a) is None:
        assert moment.graph.target is not None
        return quantity(moment, Ref(moment.graph.target.scope, cell=ref.cell, example=ref.example))
    return with_sign(moment, error_sum(moment, layer, ref))


def _delta(moment: Moment, layer: RecurrentLayer, node: Node, ref: Ref) -> Expr:
    """δ = ∂E/∂a · φ′(z) of a neuron in a gate."""
    gate = layer.gate_of(node)
    assert gate is not None
    of_gate = Ref(gate.a.scope, Part.GRADIENT, ref.cell, ref.example)
    return with_sign(moment, Product((quantity(moment, of_gate), quantity(moment, of_gate.of(Part.SLOPE)))))


def _gradient(moment: Moment, layer: RecurrentLayer, node: Node, ref: Ref) -> Expr:
    gate = layer.gate_of(node)
    if gate is not None and node is gate.z:
        return with_sign(moment, quantity(moment, ref.of(Part.DELTA)))
    if isinstance(node.op, Memory):
        return short_sum(handed_back(moment, layer, node, ref))
    return short_sum(errors_into(moment, layer, node, ref))
