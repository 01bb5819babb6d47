"""Sentences about the numbers of an update that is more than a step against the gradient."""

from __future__ import annotations

from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ref import Part, Ref

UPDATE_SENTENCES = {
    Part.TOTAL: "The gradient of the error, and what the penalty adds so that weights stay small.",
    Part.CHANGE: "A part of the last change goes on, and the gradient of this iteration is added against it.",
    Part.CHANGE_BEFORE: "The change of the update before; 0 at the first one.",
    Part.FIRST: "The mean of the gradients so far, in which the latest ones count most.",
    Part.FIRST_BEFORE: "The mean of the gradients up to the update before; 0 at the first one.",
    Part.FIRST_FAIR: "m starts at 0 and is too small at first: dividing makes up for it.",
    Part.SECOND: "How large the gradients have been, squared: steps are divided by its root.",
    Part.SECOND_BEFORE: "How large the gradients have been up to the update before; 0 at the first one.",
    Part.SECOND_FAIR: "v starts at 0 and is too small at first: dividing makes up for it.",
    Part.NEWTON: "The gradient divided by the curvature: the step to where the parabola has its vertex.",
}


def about_total(moment: Moment) -> str:
    """The gradient that an update uses, where it is not ∂E/∂w alone."""
    clipping = moment.clipping()
    if clipping is None:
        return UPDATE_SENTENCES[Part.TOTAL]
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
    ways = {
        "momentum": "goes on in the direction of its last steps, and takes a step against its gradient",
        "nesterov": "goes on in the direction of its last steps, and takes a step against its gradient",
        "adagrad": "takes a step against its gradient, shorter where gradients have been large so far",
        "rmsprop": "takes a step against its gradient, shorter where gradients have been large lately",
        "adam": "takes a step against the mean of its gradients, shorter where they have been large",
        "newton": "goes as far as the curvature of the error says",
    }
    way = ways.get(moment.optimizer.name, "takes a step against its gradient")
    pulled = ", and the penalty draws it towards 0" if moment.penalty else ""
    return f"{moment.optimizer.title}: every weight into {what} {way}{pulled}."
