"""Layers are plain functions that add nodes to a graph under a scope."""

from __future__ import annotations

from nnviz.engine.graph import Graph, GraphError, Layer, Node
from nnviz.engine.ops.base import Cell, Given, Op, Parameter
from nnviz.engine.ops.contraction import Affine
from nnviz.engine.ops.losses import Loss, SoftmaxCrossEntropy
from nnviz.engine.ops.selection import Softmax


class GraphBuilder:
    """Collects nodes until `graph` freezes them."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._layers: list[Layer] = []

    def add(self, scope: str, op: Op, *inputs: Node) -> Node:
        """Apply `op` to nodes that this builder made.

        Raises GraphError where the scope is taken, or where an input does not come before the node: a
        graph that refers forward would have a cycle.
        """
        if any(node.scope == scope for node in self._nodes):
            raise GraphError(f"{scope}: there is a node of this name already")
        for node in inputs:
            if node.index >= len(self._nodes) or self._nodes[node.index] is not node:
                raise GraphError(f"{scope}: reads {node.scope}, which does not come before it")
        shape = op.output_shape(*(node.shape for node in inputs))
        node = Node(len(self._nodes), scope, op, tuple(node.index for node in inputs), shape)
        self._nodes.append(node)
        return node

    def given(self, scope: str, shape: Cell) -> Node:
        """Data that comes in from outside, one row an example."""
        return self.add(scope, Given(shape))

    def dense(
        self,
        x: Node,
        units: int,
        activation: Op,
        scope: str,
        title: str,
        *,
        bias: bool = True,
        shared_bias: bool = False,
        train_weights: bool = True,
        train_bias: bool = True,
    ) -> Layer:
        """A fully connected layer: z = W·a + b, a = φ(z)."""
        if len(x.shape) != 1:
            raise GraphError(f"{scope}: a dense layer reads a vector, and {x.scope} has shape {x.shape}")
        b = None
        if bias:
            b = self.add(f"{scope}/b", Parameter((1 if shared_bias else units,), train_bias))
        w = self.add(f"{scope}/w", Parameter((units, x.shape[0]), train_weights))
        z = self.add(f"{scope}/z", Affine(), *((x, w) if b is None else (x, w, b)))
        a = self.add(f"{scope}/a", activation, z)
        layer = Layer(scope, title, units, z, a, x, w, b)
        self._layers.append(layer)
        return layer

    def loss(self, loss: Loss, output: Layer, target: Node) -> Node:
        """The error of the output layer against the target.

        Raises GraphError where their sizes differ, or where a cross-entropy has no softmax in front of it.
        """
        if output.a.shape != target.shape:
            raise GraphError(
                f"loss: the output layer has {output.units} units, and the target {target.shape[0]} columns"
            )
        if not isinstance(loss, SoftmaxCrossEntropy):
            return self.add("loss", loss, output.a, target)
        if not isinstance(output.a.op, Softmax):
            raise GraphError("loss: cross_entropy needs an output layer with activation softmax")
        return self.add("loss", loss, output.z, output.a, target)

    def graph(
        self, inputs: Node, target: Node | None = None, loss: Node | None = None, late_weights: bool = False
    ) -> Graph:
        return Graph(tuple(self._nodes), tuple(self._layers), inputs, target, loss, late_weights)
