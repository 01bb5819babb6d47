"""Addresses of the weights of gates: a row of W⁽ᶠ⁾ is one unit, and its columns are those of hx = [1, h, x].

All gates of a layer share three parameters, whose rows stand gate by gate; the book has a matrix for each.
"""

from __future__ import annotations

from collections.abc import Sequence

from nnviz.engine.addresses import UPDATE_LETTERS, AddressError
from nnviz.engine.ops.base import Cell
from nnviz.engine.recurrent import Gate, RecurrentLayer
from nnviz.engine.ref import Part, Ref

SHARED = ("b", "w_h", "w_x")


def weight_letters(name: str) -> dict[str, tuple[str, Part]]:
    """The letters of a shared weight: ``w_h``, ``dw_h``, ``w_h_new``, ``dw_h_at`` of one step, ``m_w_h``."""
    letters = {name: Part.VALUE, f"d{name}": Part.GRADIENT, f"{name}_new": Part.NEW}
    letters |= {f"d{name}_at": Part.AT_STEP}
    letters |= {f"{letter}_{name}": part for letter, part in UPDATE_LETTERS.items()}
    return {letter: (name, part) for letter, part in letters.items()}


def letters_of_weights(layer: RecurrentLayer) -> dict[str, tuple[str, Part]]:
    """The letters of all weights of a layer: by gate, or by parameter where there is only one gate."""
    names = [layer.name_of(node) for node in layer.parameters]
    if has_gates(layer):
        names = [f"w_{gate.name}" for gate in matrices(layer)]
        names += [layer.name_of(node) for node in layer.extra]
    letters: dict[str, tuple[str, Part]] = {}
    for name in names:
        letters |= weight_letters(name)
    return letters


def has_gates(layer: RecurrentLayer) -> bool:
    return len(matrices(layer)) > 1


def matrices(layer: RecurrentLayer) -> list[Gate]:
    """The gates that have weights of their own."""
    return [gate for gate in layer.gates if gate.rows.stop > gate.rows.start]


def row_of(layer: RecurrentLayer, name: str, cell: Cell) -> tuple[Gate, int, int]:
    """(gate, unit, column of hx) of a weight."""
    gate = layer.gate_at(cell[0])
    column = {"b": 0, "w_h": 1, "w_x": 1 + layer.width}[name] + (cell[1] if len(cell) > 1 else 0)
    return gate, cell[0] - gate.rows.start, column


def ref_of(address: str, layer: RecurrentLayer, role: str, part: Part, inside: Sequence[str]) -> Ref:
    """The weight that ``w_f[lstm,2,3]`` means. Raises AddressError for one that does not exist."""
    gate = next(gate for gate in matrices(layer) if f"w_{gate.name}" == role)
    least = [1, int(layer.b is None)]
    most = [layer.width, layer.width + layer.w_x.shape[1]]
    if part is Part.AT_STEP:
        least, most = [1, *least], [layer.steps, *most]
    if len(inside) != len(most):
        raise AddressError(f"{address}: found {len(inside)} indices, wanted {len(most)}")
    for number, low, high in zip(inside, least, most, strict=True):
        if not number.isdecimal() or not low <= int(number) <= high:
            raise AddressError(f"{address}: found “{number}”, wanted {low} … {high}")
    *steps, unit, column = map(int, inside)
    row, before = gate.rows.start + unit - 1, tuple(step - 1 for step in steps)
    if column == 0:
        return Ref(f"{layer.scope}/b", part, (*before, row))
    if column <= layer.width:
        return Ref(f"{layer.scope}/w_h", part, (*before, row, column - 1))
    return Ref(f"{layer.scope}/w_x", part, (*before, row, column - 1 - layer.width))
