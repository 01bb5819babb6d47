"""A network as ops applied to earlier nodes.

A graph holds no arrays. It is built once, by the functions of `layers`, and never changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from nnviz.engine.ops.base import Cell, Contraction, Op, Parameter
from nnviz.engine.ops.dropout import Mask
from nnviz.engine.ref import STEP_LOSSES, Part, Ref


class GraphError(ValueError):
    """A network that cannot be built: shapes that do not fit, a cycle, a name used twice.

    `about` names what was given wrong, where it is one thing: ``keep``, ``stride``, ``targets``.
    """

    def __init__(self, message: str, about: str = "") -> None:
        super().__init__(message)
        self.about = about


@dataclass(frozen=True, slots=True)
class Node:
    """An op applied to earlier nodes. `shape` is that of one example, for a parameter that of the whole."""

    index: int
    scope: str
    op: Op
    inputs: tuple[int, ...]
    shape: Cell

    @property
    def is_parameter(self) -> bool:
        return isinstance(self.op, Parameter)

    @property
    def is_trainable(self) -> bool:
        return isinstance(self.op, Parameter) and self.op.trainable


@dataclass(frozen=True, slots=True)
class Layer:
    """What belongs together on the canvas and in the outline: the nodes of one layer by their role.

    `x` is what it reads and `a` what it hands on, a vector of units or maps of (channel, row, column).
    """

    scope: str
    title: str
    x: Node
    a: Node

    @property
    def units(self) -> int:
        """How many numbers it hands on for one example."""
        return math.prod(self.a.shape)

    @property
    def is_map(self) -> bool:
        """Whether its units stand in maps of rows and columns."""
        return len(self.a.shape) == 3

    @property
    def is_stepwise(self) -> bool:
        """Whether its units stand in steps of time: (step, unit)."""
        return len(self.a.shape) == 2

    @property
    def parameters(self) -> tuple[Node, ...]:
        return ()

    def index_of(self, cell: Cell) -> int:
        """The place of a unit in reading order: map, row, column."""
        index = 0
        for i, length in zip(cell, self.a.shape, strict=True):
            index = index * length + i
        return index


@dataclass(frozen=True, slots=True)
class WeightedLayer(Layer):
    """A layer of weighted sums: z from x, weights and biases, and a = φ(z).

    `slopes` holds the λ of its units or maps where they are learned (PReLU).
    """

    z: Node
    w: Node
    b: Node | None
    slopes: Node | None = None

    @property
    def parameters(self) -> tuple[Node, ...]:
        return tuple(node for node in (self.b, self.w, self.slopes) if node is not None)

    def reader_of(self, parameter: Node) -> Node:
        """The node that a parameter of this layer is an input of: z, or a for the slopes of φ."""
        return self.a if parameter is self.slopes else self.z


@dataclass(frozen=True, slots=True)
class DenseLayer(WeightedLayer):
    """Every unit reads every input; w is (units, inputs). Maps are read in the order channel, row, column."""


@dataclass(frozen=True, slots=True)
class ConvolutionLayer(WeightedLayer):
    """Every unit of a map reads its receptive field with the same filter: (map, channel, row, column)."""


@dataclass(frozen=True, slots=True)
class PoolingLayer(Layer):
    """Every unit keeps one number of its window; nothing is learned."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes in topological order, and which of them are inputs, target, loss and layers.

    `inputs` is what the first layer reads; with dropout of inputs it is computed from `data`. `going` says at
    which steps a sequence goes on.

    `late_weights` makes the backward pass carry errors along the weights as they are after the update, the
    way some textbooks do it; the update of a layer then comes before the error is handed on.
    """

    nodes: tuple[Node, ...]
    layers: tuple[Layer, ...]
    inputs: Node
    target: Node | None = None
    loss: Node | None = None
    late_weights: bool = False
    going: Node | None = None

    def __contains__(self, scope: str) -> bool:
        return scope in self._by_scope

    def __getitem__(self, scope: str) -> Node:
        try:
            return self._by_scope[scope]
        except KeyError:
            raise GraphError(f"found no “{scope}”, wanted one of {', '.join(self._by_scope)}") from None

    @cached_property
    def _by_scope(self) -> dict[str, Node]:
        return {node.scope: node for node in self.nodes}

    def layer_of(self, node: Node) -> Layer | None:
        """The layer that `node` belongs to, or None for data and loss."""
        return next((layer for layer in self.layers if layer.scope == node.scope.rpartition("/")[0]), None)

    def consumer_layer(self, node: Node) -> Layer | None:
        """The layer whose weighted sum reads `node`."""
        return next((layer for layer in self.layers if layer.x is node), None)

    @cached_property
    def trains(self) -> bool:
        """Whether there is a loss and a parameter that may learn from it."""
        return self.loss is not None and any(node.is_trainable for node in self.nodes)

    @cached_property
    def data(self) -> Node:
        """What a batch fills in: the inputs, or those before dropout where some of them are dropped."""
        return self.nodes[self.inputs.inputs[0]] if self.inputs.inputs else self.inputs

    @property
    def output(self) -> Layer:
        return self.layers[-1]

    @cached_property
    def has_maps(self) -> bool:
        """Whether anything in it stands in rows and columns: an image, feature maps."""
        return len(self.inputs.shape) == 3

    @cached_property
    def has_steps(self) -> bool:
        """Whether it reads sequences: (step, unit)."""
        return len(self.inputs.shape) == 2

    def is_in_steps(self, node: Node) -> bool:
        """Whether a cell of a node begins with its step of time: (step, unit), or (step) alone.

        Nobody else asks an index what it counts: a weight, a mask and an output at the end begin with a unit.
        """
        if not self.has_steps or node.is_parameter:
            return False
        return len(node.shape) == 2 or node is self.going or node.scope == STEP_LOSSES

    def step_of(self, ref: Ref) -> int | None:
        """The step of time that a number belongs to; None for what belongs to no single one."""
        if ref.scope not in self or not ref.cell:
            return None
        is_use = ref.part is Part.AT_STEP and len(ref.cell) > len(self[ref.scope].shape)
        return ref.cell[0] if is_use or self.is_in_steps(self[ref.scope]) else None

    @cached_property
    def dense(self) -> tuple[DenseLayer, ...]:
        """All fully connected layers."""
        return tuple(layer for layer in self.layers if isinstance(layer, DenseLayer))

    @cached_property
    def parameters(self) -> tuple[Node, ...]:
        """All parameters, the trainable ones first: that is their order in the flat vector of a state."""
        return tuple(sorted((n for n in self.nodes if n.is_parameter), key=lambda n: not n.is_trainable))

    @cached_property
    def masks(self) -> tuple[Node, ...]:
        """The masks of the inputs and layers with dropout, drawn anew in every iteration."""
        return tuple(node for node in self.nodes if isinstance(node.op, Mask))

    @cached_property
    def readers(self) -> dict[int, tuple[Node, ...]]:
        """The nodes that read each node, by its index."""
        found: dict[int, list[Node]] = {}
        for node in self.nodes:
            for index in dict.fromkeys(node.inputs):
                found.setdefault(index, []).append(node)
        return {index: tuple(nodes) for index, nodes in found.items()}

    def leads_to_a_kink(self, node: Node) -> bool:
        """Whether rounding could decide something: an op with a kink reads the node, or what comes of it."""
        return node.index in self._before_kinks

    @cached_property
    def _before_kinks(self) -> set[int]:
        found: set[int] = set()
        for node in reversed(self.nodes):
            readers = self.readers.get(node.index, ())
            if any(reader.op.has_kink or reader.index in found for reader in readers):
                found.add(node.index)
        return found

    @cached_property
    def given(self) -> tuple[Node, ...]:
        """What is given of every example beside inputs, target and masks: start states, ends of sequences."""
        known = (self.data, self.inputs, self.target, *self.masks)
        return tuple(n for n in self.nodes if not n.inputs and not n.is_parameter and n not in known)

    @cached_property
    def slices(self) -> dict[int, slice]:
        """Where each parameter lies in the flat vector, by node index."""
        slices, start = {}, 0
        for node in self.parameters:
            size = math.prod(node.shape)
            slices[node.index] = slice(start, start + size)
            start += size
        return slices

    @cached_property
    def multiplications(self) -> int:
        """How many products the weighted sums of one example consist of."""
        return sum(
            math.prod(node.shape) * node.op.term_count(*(self.nodes[i].shape for i in node.inputs))
            for node in self.nodes
            if isinstance(node.op, Contraction)
        )

    @cached_property
    def trainable_size(self) -> int:
        return sum(math.prod(node.shape) for node in self.parameters if node.is_trainable)

    @property
    def parameter_size(self) -> int:
        return sum(math.prod(node.shape) for node in self.parameters)
