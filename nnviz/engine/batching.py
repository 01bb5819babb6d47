"""How the data come into the batches of iterations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnviz.engine.graph import Node
from nnviz.engine.measures import Examples
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.dropout import Mask
from nnviz.engine.order import Order, Rows
from nnviz.engine.run import Batch
from nnviz.engine.settings import Settings

MANY = 4_096  # batches: more are not kept from epoch to epoch


@dataclass(frozen=True)
class Batching:
    """Batches of `size` out of so many examples, in an order, with `masks` drawn from `seed` for dropout.

    `given` is what else is given of every example: start states, ends of sequences.
    """

    examples: int
    size: int
    order: Order
    masks: tuple[Node, ...]
    given: tuple[Node, ...]
    seed: int

    @property
    def per_epoch(self) -> int:
        return -(-self.examples // self.size)

    @property
    def repeats(self) -> bool:
        """Whether every epoch has the same batches, few enough to keep them."""
        return self.order.is_always_the_same(self.per_epoch) and not self.masks and self.per_epoch <= MANY

    def rows(self, iteration: int) -> Rows:
        """The rows of the data that an iteration works on."""
        return self.order.rows(self.examples, self.size, iteration)

    def batch(self, iteration: int, settings: Settings) -> Batch:
        """What an iteration works on."""
        rows = self.rows(iteration)
        taken = slice(rows.start, rows.stop) if isinstance(rows, range) else np.asarray(rows)
        targets = None if settings.targets is None else settings.targets[taken]
        if not self.masks and not self.given:
            return Batch(rows, settings.inputs[taken], targets)
        more = {**given_beside(self.given, settings, taken), **self._masks(iteration, len(rows))}
        return Batch(rows, settings.inputs[taken], targets, more)

    def _masks(self, iteration: int, examples: int) -> dict[int, Array]:
        """Which units are kept for which example, drawn anew in every iteration."""
        return {node.index: self._drawn(node, iteration, examples) for node in self.masks}

    def _drawn(self, node: Node, iteration: int, examples: int) -> Array:
        assert isinstance(node.op, Mask)
        return node.op.drawn((self.seed, iteration, node.index), examples)


def given_beside(nodes: tuple[Node, ...], settings: Settings | Examples, taken: Any) -> dict[int, Array]:
    """What is given of some examples beside inputs and targets, by node; 0 where nothing is."""
    examples = len(settings.inputs[taken])
    found = {}
    for node in nodes:
        rows = settings.given.get(node.scope)
        found[node.index] = np.zeros((examples, *node.shape)) if rows is None else rows[taken]
    return found
