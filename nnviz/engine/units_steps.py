"""What a stage of a recurrent layer goes through one by one: units of a time step, and weights of a unit."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnviz.engine.graph import Node
from nnviz.engine.ops.base import Cell
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.units import Places, Units

Block = tuple[Node, ...]  # nodes of which one unit after the other is computed


@dataclass(frozen=True, slots=True)
class UnitsOfSteps(Units):
    """Step by step in time, or back in time; in a step block by block, and of a block unit by unit.

    A group is one step of time. Every node belongs to one block.
    """

    steps: int
    width: int
    blocks: tuple[Block, ...]
    is_back: bool = False

    @property
    def count(self) -> int:  # type: ignore[override]
        return self.steps * self.group

    @property
    def group(self) -> int:  # type: ignore[override]
        return len(self.blocks) * self.width

    def place(self, unit: int) -> tuple[int, int, int]:
        """(step, block, place in it) of a unit."""
        turn, rest = divmod(unit, self.group)
        block, i = divmod(rest, self.width)
        return self.step_of(turn), block, i

    def step_of(self, group: int) -> int:
        """The time step, counted from 0, that a group stands for."""
        return self.steps - 1 - group if self.is_back else group

    def unit_of(self, node: Node, cell: Cell) -> int | None:
        block = self._block(node)
        if block is None or len(cell) != 2 or not (0 <= cell[0] < self.steps and 0 <= cell[1] < self.width):
            return None
        return self.step_of(cell[0]) * self.group + block * self.width + cell[1]

    def before(self, node: Node, unit: int) -> int:
        return sum(part.stop - part.start for part in self.done(node, unit))

    def done(self, node: Node, unit: int) -> tuple[slice, ...]:
        turn, rest = divmod(unit, self.group)
        block = self._block(node)
        assert block is not None, f"{node.scope} is not computed here"
        within = min(max(rest - block * self.width, 0), self.width)
        if not self.is_back:
            return (slice(0, turn * self.width + within),)
        end = self.steps * self.width
        start = end - turn * self.width
        own = max(start - self.width, 0)
        return slice(start, end), slice(own, own + (within if turn < self.steps else 0))

    def _block(self, node: Node) -> int | None:
        places = (i for i, block in enumerate(self.blocks) if any(one is node for one in block))
        return next(places, None)


@dataclass(frozen=True, slots=True)
class WeightsOfGates(Units):
    """Every unit of every gate with all weights that lead into it: bias, from what is remembered, from x.

    A group is one gate.
    """

    layer: RecurrentLayer

    @property
    def count(self) -> int:  # type: ignore[override]
        return self.layer.w_h.shape[0]

    @property
    def group(self) -> int:  # type: ignore[override]
        return self.layer.width

    def places(self, unit: int) -> Places:
        """The weights into one unit of a gate."""
        found: list[tuple[Node, Cell]] = []
        for node in self.layer.parameters:
            row = unit - (self.count - node.shape[0])
            if row >= 0:
                found += [(node, (row, *rest)) for rest in _cells(node.shape[1:])]
        return tuple(found)

    def unit_of(self, node: Node, cell: Cell) -> int | None:
        if not 0 <= cell[0] < node.shape[0]:
            return None
        return cell[0] + self.count - node.shape[0]

    def before(self, node: Node, unit: int) -> int:
        return max(0, unit - (self.count - node.shape[0])) * math.prod(node.shape[1:])


def _cells(shape: Cell) -> list[Cell]:
    return [()] if not shape else [(k,) for k in range(shape[0])]
