"""Symbols and addresses of the slopes λ that neurons and maps learn for themselves."""

from __future__ import annotations

from dataclasses import replace

from nnviz.engine.addresses import SLOPE_LETTERS, AddressError
from nnviz.engine.formula import Name
from nnviz.engine.graph import Layer, WeightedLayer
from nnviz.engine.ops.base import Cell
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.ref import Part, Ref


def slope_name(ref: Ref, sub: str, over: str, example: str) -> Name:
    """λ₃, λ₃ⁿᵉʷ, ∂E/∂λ₃ and ∂a₃/∂λ₃; `over` is the layer where neurons are numbered per layer."""
    if ref.part in UPDATE_NUMBERS:
        name = UPDATE_NUMBERS[ref.part].name(sub, over + example)
        if "w" in name.letter:
            return replace(name, letter=name.letter.replace("w", "λ"))
        return replace(name, over=f"(λ){name.over}")
    match ref.part:
        case Part.NEW:
            return Name("λ", sub, f"{over}new")
        case Part.GRADIENT | Part.SHARE:
            return Name("E", by=Name("λ", sub, over), over=example)
        case Part.SLOPE:
            return Name("a", sub, over + example, by=Name("λ", sub, over))
    return Name("λ", sub, over + example)


def slope_ref(address: str, letter: str, layer: Layer | None, cell: Cell) -> Ref:
    """The number of a learned slope that an address means. Raises AddressError where nothing is learned."""
    if not isinstance(layer, WeightedLayer) or layer.slopes is None:
        where = "an input" if layer is None else layer.title
        raise AddressError(f"{address}: {where} has no slope λ to learn, only a layer with prelu has")
    return Ref(layer.slopes.scope, SLOPE_LETTERS[letter], cell)


def slopes_scope(layer: Layer) -> str | None:
    """Where the slopes of a layer stand; None where it learns none."""
    return layer.slopes.scope if isinstance(layer, WeightedLayer) and layer.slopes is not None else None
