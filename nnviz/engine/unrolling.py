"""The steps of a recurrent layer in a program: one for each step of time, forward and back.

Forward: the sums over the inputs of all steps at once, then step after step, and then every node of the layer
is given its numbers of all steps. Backward the same in the other direction, from what comes from above.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from nnviz.engine.graph import Node
from nnviz.engine.ops.base import Array
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.unrolled.base import Unrolled

if TYPE_CHECKING:
    from nnviz.engine.program import Program


@dataclass(frozen=True, slots=True)
class Assignment:
    """A step of a program before it has its phase: what it reads, where it writes, and how it computes."""

    node: Node
    reads: tuple[int, ...]
    writes: int
    compute: Any


class Unrolling:
    """The assignments of one recurrent layer; it takes cells of its own from the program."""

    def __init__(self, program: Program, layer: RecurrentLayer) -> None:
        self.program = program
        self.layer = layer
        self.run, self.errors, self.above = (program.new_cell() for _ in range(3))
        self.states = [program.new_cell() for _ in range(layer.steps)]
        self.handed_back = [program.new_cell() for _ in range(layer.steps)]

    def forward(self) -> Iterator[Assignment]:
        layer, recurrence = self.layer, self.layer.recurrence
        sources = tuple(node.index for node in layer.sources)
        settles = any(map(self.program.graph.leads_to_a_kink, layer.parts))
        yield Assignment(layer.a, sources, self.run, partial(recurrence.start, settles))
        before: tuple[int, ...] = ()
        for t, state in enumerate(self.states):
            yield Assignment(layer.a, (self.run, *before), state, partial(recurrence.forward, t))
            before = (state,)
        for node in layer.parts:
            yield Assignment(node, (self.run, *before), node.index, partial(_picked, layer.name_of(node)))

    def backward(self) -> Iterator[Assignment]:
        """Every error of the layer, from the last step back to the first."""
        layer, recurrence = self.layer, self.layer.recurrence
        later = tuple(node.index for node in layer.later)
        yield Assignment(layer.a, (self.run, self.above, *later), self.errors, recurrence.errors)
        after: tuple[int, ...] = ()
        for t in reversed(range(layer.steps)):
            writes = self.handed_back[t]
            yield Assignment(
                layer.a, (self.run, self.errors, *after), writes, partial(recurrence.backward, t)
            )
            after = (writes,)
        for node in layer.parts:
            cell = self.program.gradient(node)
            yield Assignment(node, (self.errors, *after), cell, partial(_picked, layer.name_of(node)))

    def of_input(self, writes: int) -> Assignment:
        """∂E/∂x at all steps."""
        return Assignment(self.layer.x, self._done, writes, self.layer.recurrence.d_x)

    def of_parameters(self) -> Iterator[Assignment]:
        """The gradients of the weights, over all steps at once."""
        for node in self.layer.parameters:
            if node.is_trainable:
                derivative = getattr(self.layer.recurrence, f"d_{self.layer.name_of(node)}")
                yield Assignment(node, self._done, self.program.gradient(node), derivative)

    @property
    def _done(self) -> tuple[int, ...]:
        return self.run, self.errors, self.handed_back[0]


def _picked(name: str, arrays: Unrolled, *done: Array, out: Array | None = None) -> Array:
    return arrays.examples_first(name)
