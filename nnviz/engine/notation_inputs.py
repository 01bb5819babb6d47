"""Names of the inputs as the layers read them and, with dropout, as the data has them; and of their masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from nnviz.engine.addresses import AddressError
from nnviz.engine.graph import Graph, Node
from nnviz.engine.ops.base import Cell
from nnviz.engine.ref import Ref


class InputForm(NamedTuple):
    """How one number of an input is written: its letter, what stands above it, in words, in an address."""

    node: Node
    letter: str
    mark: str
    words: str
    address: str


def input_forms(graph: Graph) -> Mapping[str, InputForm]:
    """The numbers that an input has, by scope."""
    forms = [InputForm(graph.inputs, "x", "", "{}", "x")]
    if graph.data is not graph.inputs:
        forms.append(InputForm(graph.data, "x", "data", "{}, before dropout", "data"))
        forms.append(InputForm(graph.nodes[graph.inputs.inputs[1]], "m", "", "mask of {}", "mask"))
    return {form.node.scope: form for form in forms}


def input_scope(forms: Mapping[str, InputForm], address: str, letter: str) -> str:
    """The scope of a letter of an input. Raises AddressError for one that is there with dropout only."""
    found = next((scope for scope, form in forms.items() if form.address == letter), None)
    if found is None:
        raise AddressError(f"{address}: found {letter} of an input, but no input is dropped here")
    return found


def reading_index(ref: Ref, shape: Cell) -> int:
    """The place of a unit in reading order."""
    return ref.cell[0] if len(shape) == 1 else int(np.ravel_multi_index(ref.cell, shape))
