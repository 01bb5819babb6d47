"""The numbers of a record as they are read: what is nothing but rounding is 0.

0.1 + 0.2 − 0.3 is 5.6e−17 in binary floating point. Where such a sum leads to an op with a kink it is 0 in
the record (see `settling`); everywhere else it makes no difference, and only who looks at it is told 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.graph import Node
from nnviz.engine.ops.base import NOISE, TINY, SumOp
from nnviz.engine.settling import is_noise

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
        level = node.op.is_on_target(*xs)
        if np.any(level):
            a, t = (node.op.arguments.index(name) for name in ("a", "t"))
            xs[a] = np.where(level, xs[t], xs[a])
        return xs

    def _gradient(self, node: Node) -> Any:
        array = self._record.cells[self._program.gradient(node)]
        if array is None or not _tiny(array).any():
            return array
        use = self._only_use(node)
        if use is None:
            return self._summed_over_steps(node, array)
        reader, slot = use
        derivative = reader.op.derivative_of(slot)
        assert derivative is not None
        graph = self._program.graph
        error = 1.0 if reader is graph.loss else self.gradient(reader)
        xs = self._arguments(reader)
        again = np.where(_tiny(array), derivative(error, self.value(reader), *xs), array)
        is_zero = _tiny(again) & is_noise(again, reader.op, slot, error, self.value(reader), *xs)
        return np.where(is_zero, 0.0, again)

    def _summed_over_steps(self, node: Node, array: Any) -> Any:
        """The gradient of a weight of a recurrent layer."""
        made = self._program.gradient_sums.get(node.index)
        if made is None or not self._program.is_unrolled(self._program.graph.readers[node.index][0]):
            return array
        together = made.together(*(self._record.cells[cell] for cell in made.reads))
        return np.where(_tiny(array) & (np.abs(array) <= NOISE * together), 0.0, array)

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
        if len(uses) != 1 or (program.graph.late_weights and not node.is_parameter):
            return None
        if program.is_unrolled(node) or program.is_unrolled(uses[0][0]):
            return None
        return uses[0]


def _tiny(array: Any) -> NDArray[np.bool_]:
    return np.asarray((np.abs(array) < TINY) & (np.asarray(array) != 0.0))
