"""How long sequences are: behind its end a sequence has no steps, whatever arrays are filled up with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.graph import Graph, Layer, Node
from nnviz.engine.ops.base import Array, Cell
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part, Ref

if TYPE_CHECKING:
    from nnviz.engine.moment import Moment


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of sequences: `going` (N, T) is 1 at the steps that they have, None if all are alike."""

    graph: Graph
    going: Array | None

    def of(self, row: int) -> int:
        """How many steps the sequence at a place of the batch has."""
        return self.graph.inputs.shape[0] if self.going is None else int(np.count_nonzero(self.going[row]))

    def is_over(self, ref: Ref, row: int) -> bool:
        """Whether a number belongs to a step behind the end of a sequence.

        What all examples add to the gradient of a weight at a step belongs to none of them.
        """
        if self.going is None or ref.part is Part.AT_STEP or self._says_it(ref.scope):
            return False
        step = self.graph.step_of(ref)
        return step is not None and step >= self.of(row)

    def _says_it(self, scope: str) -> bool:
        """Whether a node says of every step whether it is there."""
        return self.graph.going is not None and scope == self.graph.going.scope

    def shape(self, node: Node, row: int) -> Cell:
        """The shape of what one example has of a node."""
        if self.going is None or not self.graph.is_in_steps(node):
            return node.shape
        return (self.of(row), *node.shape[1:])

    def there(self, node: Node) -> NDArray[np.bool_] | None:
        """Which cells (N, …) of a node belong to steps that there are; None where all of them do."""
        if self.going is None or self._says_it(node.scope) or not self.graph.is_in_steps(node):
            return None
        on = self.going > 0.0
        return np.broadcast_to(on.reshape(*on.shape, *(1,) * (len(node.shape) - 1)), (len(on), *node.shape))


def length_of(moment: Moment) -> int:
    """How many steps the sequence of the example in focus has."""
    return moment.lengths.of(moment.row)


def is_read_at(moment: Moment, layer: Layer, step: int) -> bool:
    """Whether the layer above, or the loss, reads what a layer hands on at a step."""
    above = moment.graph.consumer_layer(layer.a)
    return above is None or above.is_stepwise or step + 1 == length_of(moment)


def end_reader(moment: Moment, layer: Layer, step: int) -> Layer | None:
    """The layer that reads only the end, where nothing but it lies above: no error of this step comes down.

    A recurrent layer on the way brings errors of later steps, so below it there is none.
    """
    above = moment.graph.consumer_layer(layer.a)
    while above is not None and above.is_stepwise:
        if isinstance(above, RecurrentLayer):
            return None
        above = moment.graph.consumer_layer(above.a)
    return above if step + 1 < length_of(moment) else None
