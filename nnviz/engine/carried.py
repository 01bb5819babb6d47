"""States that are carried on from one batch to the next, where sequences are cut into pieces.

Backpropagation through time is truncated there: errors flow back only to the start of a piece, while the
state goes on into the next one. What is carried lies behind the parameters in the row of a state.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nnviz.engine.graph import Graph, Node
from nnviz.engine.ops.base import Array
from nnviz.engine.recurrent import RecurrentLayer


@dataclass(frozen=True)
class Carried:
    """Pairs of a start state and the state that it goes on from, for batches of `examples` sequences."""

    pairs: tuple[tuple[Node, Node], ...]
    examples: int

    @cached_property
    def size(self) -> int:
        return self.examples * sum(math.prod(start.shape) for start, _ in self.pairs)

    def write(self, cells: Sequence[Any], numbers: Array) -> None:
        """The last states of an iteration, into the end of the row that it leads to."""
        place = 0
        for start, state in self.pairs:
            size = self.examples * math.prod(start.shape)
            numbers[place : place + size] = cells[state.index][:, -1].ravel()
            place += size

    def starts(self, numbers: Array) -> dict[int, Array]:
        """The start states of a batch, from the end of a row."""
        found, place = {}, 0
        for start, _ in self.pairs:
            size = self.examples * math.prod(start.shape)
            found[start.index] = numbers[place : place + size].reshape(self.examples, *start.shape)
            place += size
        return found


NOTHING_CARRIED = Carried((), 0)


def carried_by(graph: Graph, examples: int) -> Carried:
    """What all recurrent layers of a graph carry on."""
    layers = [layer for layer in graph.layers if isinstance(layer, RecurrentLayer)]
    pairs = [
        (start, state)
        for layer in layers
        for start, (_, state) in zip(layer.starts, layer.memories, strict=True)
    ]
    return Carried(tuple(pairs), examples)
