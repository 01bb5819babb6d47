"""Known numbers with their names, as they stand in a formula."""

from __future__ import annotations

from nnviz.engine.formula import Name, Quantity
from nnviz.engine.moment import Moment
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.ref import CONSTANTS, LEARNING_RATE, STEP_LOSSES, Part, Ref

OF_ONE_EXAMPLE = (Part.SHARE, Part.TERM)


def quantity(moment: Moment, ref: Ref, many: bool = False) -> Quantity:
    """One known number with its name, color and caption; `many` where other examples stand beside it.

    What one example adds to a loss or gradient of several says whose it is: the whole has the same symbol.
    """
    value = moment.value(ref)
    assert value is not None, f"{ref} is not computed yet"
    row = moment.focus if ref.example is None else ref.example
    is_other = ref.example is not None and ref.example != moment.focus
    is_part = ref.part in OF_ONE_EXAMPLE and len(moment.rows) > 1
    is_named = (many or is_other or is_part) and ref not in CONSTANTS
    example = moment.textbook.example(row) if is_named else ""
    if ref.part in (Part.LOW, Part.HIGH):
        name = Name(moment.textbook.scaling_word(ref.part))
        return Quantity(name, value, ref, "data", moment.notation.caption(ref), moment.decimals(ref))
    name = moment.notation.name(ref, example)
    caption = moment.notation.caption(ref) + (f", {example}" if example else "")
    role, decimals = role_of(moment, ref, value), moment.decimals(ref)
    return Quantity(name, value, ref, role, caption, decimals, moment.word(ref))


def role_of(moment: Moment, ref: Ref, value: float) -> str:
    """The kind of thing a number is, which gives it its color."""
    if ref.part in (Part.DELTA, Part.GRADIENT, Part.SHARE, Part.AT_STEP, Part.ABOVE):
        return "backward"
    if ref.part is Part.NEW or ref.part in UPDATE_NUMBERS or ref.scope == LEARNING_RATE.scope:
        return "update"
    if ref in CONSTANTS:
        return "plain"
    if ref.scope in ("loss", STEP_LOSSES) or ref.part is Part.ERROR:
        return "loss"
    node = moment.graph[ref.scope]
    if node.is_parameter:
        return "negative" if value < 0 else "positive" if value > 0 else "plain"
    return "forward" if node.inputs else "data"
