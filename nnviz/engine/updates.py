"""Where the new value of a parameter comes from: the lines of the optimizer, one number after the other."""

from __future__ import annotations

from dataclasses import replace

from nnviz.engine.formula import Expr, Group, Name, Product, Quantity, Quotient, Sum, constant
from nnviz.engine.graph import Node
from nnviz.engine.moment import Moment
from nnviz.engine.program import is_weight
from nnviz.engine.quantities import quantity
from nnviz.engine.ref import LEARNING_RATE, Part, Ref


def update_line(moment: Moment, node: Node, ref: Ref) -> Expr | None:
    """The right side of a number of an update; None for what is given, as the memory of the first one.

    `ref` may name the iteration before, whose update is over.
    """
    if ref.part is Part.TOTAL:
        gradient, w = (quantity(moment, ref.of(part)) for part in (Part.GRADIENT, Part.VALUE))
        whole = moment.penalty.line(gradient, w) if is_penalized(moment, node) else gradient
        return _clipped(moment, whole, ref)
    for after, before in moment.optimizer.remembers:
        if ref.part is before and before is not after:
            return _remembered(moment, ref.of(after))

    def of(part: Part) -> Expr:
        plain = part is Part.TOTAL and not is_penalized(moment, node) and moment.clip is None
        return quantity(moment, ref.of(Part.GRADIENT if plain else part))

    rate = quantity(moment, replace(LEARNING_RATE, iteration=ref.iteration))
    update = moment.update if ref.iteration is None else ref.iteration + 1
    line = moment.optimizer.lines(of, rate, update).get(ref.part)
    return None if line is None else line()


def _clipped(moment: Moment, gradient: Expr, ref: Ref) -> Expr:
    """A gradient as it is used: made shorter where all gradients together are too long."""
    clipping = moment.clipping(before=ref.iteration is not None)
    if clipping is None or not clipping.acts:
        return gradient
    norm = Quantity(Name("‖∂E/∂w‖"), clipping.norm, None, "update", "length of all gradients together")
    limit = constant(clipping.limit)
    return Product((Quotient(limit, norm), Group(gradient) if isinstance(gradient, Sum) else gradient))


def is_penalized(moment: Moment, node: Node) -> bool:
    return bool(moment.penalty) and is_weight(node)


def _remembered(moment: Moment, ref: Ref) -> Expr | None:
    """What was kept at the last update; nothing before the first, or where somebody has gone on by hand."""
    if moment.iteration == 0 or moment.before is None:
        return None
    return quantity(moment, replace(ref, iteration=moment.iteration - 1))
