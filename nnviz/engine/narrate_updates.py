"""Sentences about the numbers of an update that is more than a step against the gradient."""

from __future__ import annotations

from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.ref import Part, Ref


def about_total(moment: Moment) -> str:
    """The gradient that an update uses, where it is not ∂E/∂w alone."""
    clipping = moment.clipping()
    if clipping is None:
        return UPDATE_NUMBERS[Part.TOTAL].sentence
    if not clipping.acts:
        return f"All gradients together are not longer than {show(clipping.limit)}: they stay as they are."
    return f"All gradients together are longer than {show(clipping.limit)}: all are made shorter alike."


def about_new_value(moment: Moment, ref: Ref, what: str) -> str:
    """Where the new value also depends on the updates before, or on a penalty."""
    new, old = moment.value(ref) or 0.0, moment.value(ref.of(Part.VALUE)) or 0.0
    way = "stays as it is" if new == old else "rises" if new > old else "falls"
    gradient = moment.value(ref.of(Part.GRADIENT)) or 0.0
    is_against = (new - old) * gradient > 0
    although = ", although this gradient alone would move it the other way" if is_against else ""
    return f"{moment.optimizer.title}: the {what} {way}{although}."


def how_all_move(moment: Moment, what: str) -> str:
    """Of all weights into a neuron or layer."""
    pulled = ", and the penalty draws it towards 0" if moment.penalty else ""
    return f"{moment.optimizer.title}: every weight into {what} {moment.optimizer.way}{pulled}."
