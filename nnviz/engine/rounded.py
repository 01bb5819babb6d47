"""The numbers of a record as they are read: what is nothing but rounding is 0.

0.1 + 0.2 − 0.3 is 5.6e−17 in binary floating point. Where such a sum leads to an op with a kink it is 0 in
the record (see `settling`); everywhere else it makes no difference, and only who looks at it is told 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.graph import Node
from nnviz.engine.ops.base import NOISE, TINY, Cell, Contraction, Factor, SumOp
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ops.rounding import is_level

if TYPE_CHECKING:
    from nnviz.engine.run import Record


class Rounded:
    """Values and error gradients of a record, each made once.

    Only tiny cells are looked at: each is computed again from what its op reads, as that is read itself, and
    is 0 where its terms cancel.
    """

    def __init__(self, record: Record) -> None:
        self._record, self._program = record, record.program
        self._nodes = record.program.graph.nodes
        self._values: dict[int, Any] = {}
        self._gradients: dict[int, Any] = {}

    def value(self, node: Node) -> Any:
        if node.index not in self._values:
            with np.errstate(all="ignore"):
                self._values[node.index] = self._value(node)
        return self._values[node.index]

    def gradient(self, node: Node) -> Any:
        """∂E/∂ of a node."""
        if node.index not in self._gradients:
            with np.errstate(all="ignore"):
                self._gradients[node.index] = self._gradient(node)
        return self._gradients[node.index]

    def _value(self, node: Node) -> Any:
        array = self._record.cells[node.index]
        if not node.inputs or array is None or not _tiny(array).any():
            return array
        xs = self._arguments(node)
        cells = self._record.cells
        if any(x is not cells[i] for x, i in zip(xs, node.inputs, strict=True)):
            array = np.where(_tiny(array), node.op.forward(*xs), array)
        if isinstance(node.op, SumOp):
            array = np.array(array)
            node.op.settle(array, *xs)
        return array

    def _arguments(self, node: Node) -> list[Any]:
        """What an op reads; an output that differs from its target by rounding alone is as large as that."""
        xs = [self.value(self._nodes[i]) for i in node.inputs]
        if isinstance(node.op, Loss) and {"a", "t"} <= set(node.op.arguments):
            a, t = (node.op.arguments.index(name) for name in ("a", "t"))
            level = is_level(xs[a], xs[t])
            if level.any():
                xs[a] = np.where(level, xs[t], xs[a])
        return xs

    def _gradient(self, node: Node) -> Any:
        array = self._record.cells[self._program.gradient(node)]
        use = self._only_use(node)
        if array is None or use is None or not _tiny(array).any():
            return array
        reader, slot = use
        derivative = reader.op.derivative_of(slot)
        assert derivative is not None
        graph = self._program.graph
        error = 1.0 if reader is graph.loss else self.gradient(reader)
        xs = self._arguments(reader)
        again = np.where(_tiny(array), derivative(error, self.value(reader), *xs), array)
        if isinstance(reader.op, Contraction):
            suspects = _tiny(again)
            sizes = derivative(np.abs(error), self.value(reader), *map(np.abs, xs))
            suspects &= np.abs(again) <= NOISE * sizes
            for place in zip(*np.nonzero(suspects), strict=True):
                cell = tuple(int(i) for i in place)
                if abs(again[cell]) <= NOISE * self._largest(reader, slot, node, cell, error, xs):
                    again[cell] = 0.0
        return again

    def _only_use(self, node: Node) -> tuple[Node, int] | None:
        """The op that hands the whole error of a node back to it, with the weights of now, and its slot.

        What a recurrent layer computes has errors of later steps too, which no op hands back.
        """
        readers = self._program.graph.readers.get(node.index, ())
        uses = [
            (reader, slot)
            for reader in readers
            for slot, index in enumerate(reader.inputs)
            if index == node.index and reader.op.derivative_of(slot) is not None
        ]
        program = self._program
        if len(uses) != 1 or program.graph.late_weights:
            return None
        if program.is_unrolled(node) or program.is_unrolled(uses[0][0]):
            return None
        return uses[0]

    def _largest(self, reader: Node, slot: int, node: Node, cell: Cell, error: Any, xs: list[Any]) -> float:
        """The largest term of the error gradient of a cell, from the index map of the op that reads it."""
        assert isinstance(reader.op, Contraction)
        shapes = [self._nodes[i].shape for i in reader.inputs]
        rows: Any = slice(None) if node.is_parameter else cell[0]
        own = cell if node.is_parameter else cell[1:]
        sizes = [
            np.abs(
                error[(rows, *use.output)]
                * math.prod(self._factor(reader, one, rows, xs) for one in use.others)
            )
            for use in reader.op.uses(Factor(slot, own), *shapes)
        ]
        return float(np.max(sizes, initial=0.0))

    def _factor(self, reader: Node, factor: Factor, rows: Any, xs: list[Any]) -> Any:
        if factor.slot < 0:  # padding
            return 0.0
        is_parameter = self._nodes[reader.inputs[factor.slot]].is_parameter
        return xs[factor.slot][factor.cell if is_parameter else (rows, *factor.cell)]


def _tiny(array: Any) -> NDArray[np.bool_]:
    return np.asarray((np.abs(array) < TINY) & (np.asarray(array) != 0.0))
