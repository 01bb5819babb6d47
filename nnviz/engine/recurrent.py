"""Recurrent layers as parts of a graph: which nodes they have, and how they are put together."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.graph import Layer, Node
from nnviz.engine.ops.base import Source
from nnviz.engine.unrolled.base import Recurrence


class Start(Source):
    """A state (unit) that a sequence starts from, one of each example."""


class Going(Source):
    """1 at the steps (T,) that a sequence has, and 0 behind its end."""


class Later(Source):
    """∂E/∂h(T) or ∂E/∂c(T) (unit) that comes from behind the end of a sequence."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A layer of neurons inside a cell: its weighted sums and what φ makes of them.

    `rows` are the rows of the weights of the cell that lead into it.
    """

    name: str
    title: str
    z: Node
    a: Node
    rows: slice


@dataclass(frozen=True, slots=True)
class RecurrentLayer(Layer):
    """A layer that reads a sequence and remembers: x is (T, D) and a, what it hands on, (T, H).

    `parts` are its nodes from the memories to the state in the order of one time step, each (T, H). All gates
    share `w_x` (G·H, D), `w_h` (G·H, H) and `b` (G·H,), whose rows stand gate by gate. `memories` pairs each
    memory with the node that it copies; `starts` and `later` are what comes in at the two ends of the
    sequence, in the same order.
    """

    recurrence: Recurrence
    parts: tuple[Node, ...]
    gates: tuple[Gate, ...]
    w_x: Node
    w_h: Node
    b: Node | None
    starts: tuple[Node, ...]
    memories: tuple[tuple[Node, Node], ...]
    later: tuple[Node, ...] = ()
    more: tuple[Node, ...] = ()  # masks
    extra: tuple[Node, ...] = ()  # parameters that only one kind has

    @property
    def steps(self) -> int:
        return self.a.shape[0]

    @property
    def width(self) -> int:
        """How many units there are at each step."""
        return self.a.shape[1]

    @property
    def parameters(self) -> tuple[Node, ...]:
        return tuple(node for node in (self.b, *self.extra, self.w_h, self.w_x) if node is not None)

    @property
    def sources(self) -> tuple[Node, ...]:
        """What the recurrence reads, in the order of its names."""
        own = {name: self._source(name) for name in self.recurrence.names}
        return tuple(own.values())

    def _source(self, name: str) -> Node:
        if name == "x":
            return self.x
        nodes = (*self.parameters, *self.starts, *self.more)
        return next(node for node in nodes if self.name_of(node) == name)

    def part(self, name: str) -> Node:
        """One of its nodes by name: ``h``, ``c``, ``f``."""
        return next(node for node in self.parts if node.scope == f"{self.scope}/{name}")

    def name_of(self, node: Node) -> str:
        return node.scope.rpartition("/")[2]

    def gate_of(self, node: Node) -> Gate | None:
        """The gate whose sums or activations a node holds."""
        return next((gate for gate in self.gates if node in (gate.z, gate.a)), None)

    def gate_at(self, row: int) -> Gate:
        """The gate that a row of the weights leads into."""
        return next(gate for gate in self.gates if gate.rows.start <= row < gate.rows.stop)
