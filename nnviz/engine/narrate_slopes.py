"""Sentences about slopes that are learned: λ of a neuron or map, and what it does to an activation."""

from __future__ import annotations

from nnviz.engine.graph import Layer, WeightedLayer
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ref import Part, Ref

ALMOST_ALL = 0.995
SHARES = ((0.1, "a tenth"), (0.2, "a fifth"), (0.25, "a quarter"), (1 / 3, "a third"), (0.5, "half"))


def about_learned(moment: Moment, ref: Ref, layer: Layer, unit: str) -> str:
    """The activation of a unit whose slope below zero is learned."""
    assert isinstance(layer, WeightedLayer)
    z = moment.value(Ref(layer.z.scope, cell=ref.cell, example=ref.example))
    if z is not None and z > 0:
        return f"z is above 0, so {unit} hands it on as it is."
    return f"z is not above 0, so {unit} hands it on times its λ, which it learns."


def about_slope(moment: Moment, ref: Ref) -> str:
    """The gradient of a learned slope and what it is made of; empty for anything else."""
    node = moment.graph[ref.scope]
    layer = moment.graph.layer_of(node)
    if not isinstance(layer, WeightedLayer) or node is not layer.slopes:
        return ""
    what = moment.notation.caption(Ref(ref.scope, cell=ref.cell[:1]))
    if ref.part is Part.SLOPE:
        z = moment.value(Ref(layer.z.scope, cell=ref.cell, example=ref.example))
        if z is not None and z > 0:
            return "z is above 0, where λ takes no part: the activation does not change with it."
        return "z is not above 0, so the activation is λ times z and changes with λ as much as z is."
    if ref.part is Part.SHARE:
        row = moment.focus if ref.example is None else ref.example
        return f"What {moment.textbook.example(row)} alone contributes to the gradient of the {what}."
    if ref.part is not Part.GRADIENT:
        return ""
    many = f", summed over {len(moment.rows)} examples" if len(moment.rows) > 1 else ""
    return f"How the error changes with the {what}: ∂E/∂a, times z wherever z is not above 0{many}."


def part_in_words(slope: float) -> str:
    """A share of one in words."""
    for share, words in SHARES:
        if abs(slope - share) <= 0.03 * max(share, 0.2):
            return f"about {words}" if abs(slope - share) > 0.004 else words
    return f"{show(100 * slope, 0)} %" if slope < ALMOST_ALL else "almost all"


def delta_in_words(moment: Moment) -> str:
    """∂E/∂z of a neuron: δ, or minus δ in a lesson that signs it so."""
    return "δ" if moment.textbook.conventions.delta_sign > 0 else "minus δ"
