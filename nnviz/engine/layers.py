"""Layers are plain functions that add nodes to a graph under a scope."""

from __future__ import annotations

import math
from typing import TypeVar

from nnviz.engine.graph import (
    ConvolutionLayer,
    DenseLayer,
    Graph,
    GraphError,
    Layer,
    Node,
    PoolingLayer,
)
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Cell, Elementwise, Given, Op, Parameter, Pooling
from nnviz.engine.ops.contraction import Affine
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.dropout import Dropped, Mask
from nnviz.engine.ops.elementwise import Identity, Logistic, PReLU
from nnviz.engine.ops.losses import (
    BinaryCrossEntropy,
    LogisticCrossEntropy,
    Loss,
    PerceptronLoss,
    SoftmaxCrossEntropy,
)
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.ops.step_losses import StepLosses, TotalLoss
from nnviz.engine.ops.stepwise import LastAffine, StepwiseAffine

DATA, DATA_MASK = "data", "mask"  # of inputs with dropout; no layer has a scope without a stroke

AnyLayer = TypeVar("AnyLayer", bound=Layer)


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

    def inputs(self, scope: str, shape: Cell, keep: float | None = None) -> Node:
        """What the layers read: data, of which some is dropped in training where `keep` is given.

        Each input is kept with this probability. Raises GraphError where it is none, and for what is
        no single row: images, sequences.
        """
        if keep is None:
            return self.given(scope, shape)
        if len(shape) > 1:
            what = "an image" if len(shape) == 3 else "a sequence"
            raise GraphError(f"{scope}: found dropout of {what}, wanted inputs in one row")
        data = self.given(DATA, shape)
        return self.add(scope, Dropped(Identity(), keep), data, self._mask(scope, DATA_MASK, shape, keep))

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
        keep: float | None = None,
        every_step: bool = True,
        going: Node | None = None,
    ) -> DenseLayer:
        """A fully connected layer: z = W·a + b, a = φ(z). Maps are read in the order channel, row, column.

        A sequence is read step by step with the same weights, or only at its end, which `going` says where
        sequences differ in length. With `keep` its units are
        dropped in training, each kept with this probability.
        """
        self._require_positive(scope, "units", (units,), "units")
        b = None
        if bias:
            b = self.add(f"{scope}/b", Parameter((1 if shared_bias else units,), train_bias))
        inputs = x.shape[1] if len(x.shape) == 2 else math.prod(x.shape)
        w = self.add(f"{scope}/w", Parameter((units, inputs), train_weights))
        if isinstance(activation, PReLU) and len(x.shape) == 2 and every_step:
            message = "found prelu at every step of a sequence, wanted a function that learns no slope"
            raise GraphError(f"{scope}: {message}", "activation")
        slopes = self._slopes(scope, activation, units, train_weights)
        is_last = len(x.shape) == 2 and not every_step
        given = [*((x, w) if b is None else (x, w, b)), *((going,) if is_last and going is not None else ())]
        z = self.add(f"{scope}/z", _sum_over(x, every_step, len(given) > 2 + bias, bias), *given)
        a = self._activated(scope, activation, z, slopes, keep)
        return self.add_layer(DenseLayer(scope, title, x, a, z, w, b, slopes))

    def convolution(
        self,
        x: Node,
        filters: int,
        size: Cell,
        activation: Op,
        scope: str,
        title: str,
        *,
        stride: Cell = (1, 1),
        padding: Cell = (0, 0),
        flipped: bool = False,
        bias: bool = True,
        train_weights: bool = True,
        train_bias: bool = True,
        keep: float | None = None,
    ) -> ConvolutionLayer:
        """A layer of feature maps: every filter of `size` (rows, columns) and as deep as its input makes one.

        Raises GraphError where the input has no rows and columns, or a filter does not fit on it.
        """
        self._require_maps(scope, x)
        self._require_positive(scope, "filters", (filters,), "filters")
        self._require_fit(scope, "filter", size, stride, padding, x)
        b = self.add(f"{scope}/b", Parameter((filters,), train_bias)) if bias else None
        w = self.add(f"{scope}/w", Parameter((filters, x.shape[0], *size), train_weights))
        op = Convolution(stride, padding, flipped)
        slopes = self._slopes(scope, activation, filters, train_weights)
        z = self.add(f"{scope}/z", op, *((x, w) if b is None else (x, w, b)))
        a = self._activated(scope, activation, z, slopes, keep)
        return self.add_layer(ConvolutionLayer(scope, title, x, a, z, w, b, slopes))

    def _activated(
        self, scope: str, activation: Op, z: Node, slopes: Node | None, keep: float | None
    ) -> Node:
        """φ(z), of which some units are dropped in training where `keep` is given."""
        if keep is None:
            return self.add(f"{scope}/a", activation, *((z,) if slopes is None else (z, slopes)))
        if not isinstance(activation, Elementwise) or slopes is not None:
            wanted = "wanted a function of one number that learns no slope"
            raise GraphError(f"{scope}: found dropout behind {activation.symbol}, {wanted}", "keep")
        mask = self._mask(scope, f"{scope}/mask", z.shape, keep)
        return self.add(f"{scope}/a", Dropped(activation, keep), z, mask)

    def _mask(self, owner: str, scope: str, shape: Cell, keep: float) -> Node:
        try:
            return self.add(scope, Mask(shape, keep))
        except ValueError as error:
            raise GraphError(f"{owner}: {error}", "keep") from None

    def pooling(self, x: Node, op: Pooling, scope: str, title: str) -> PoolingLayer:
        """A layer that keeps one number of every window. Raises GraphError where the window does not fit."""
        self._require_maps(scope, x)
        self._require_fit(scope, "window", op.size, op.stride, (0, 0), x)
        return self.add_layer(PoolingLayer(scope, title, x, self.add(f"{scope}/p", op, x)))

    def _slopes(self, scope: str, activation: Op, count: int, trainable: bool) -> Node | None:
        """λ of every neuron or map where φ learns it; it learns where the weights of the layer do."""
        if not isinstance(activation, PReLU):
            return None
        return self.add(f"{scope}/lambda", Parameter((count,), trainable))

    def add_layer(self, layer: AnyLayer) -> AnyLayer:
        """Take note of a layer whose nodes have been added."""
        self._layers.append(layer)
        return layer

    def _require_maps(self, scope: str, x: Node) -> None:
        if len(x.shape) != 3:
            found = f"found {_times(x.shape)} units in {x.scope}"
            raise GraphError(f"{scope}: {found}, wanted maps of rows and columns", "kind")

    def _require_positive(self, scope: str, what: str, numbers: Cell, about: str) -> None:
        if min(numbers) < 1:
            raise GraphError(f"{scope}: found {what} {_times(numbers)}, wanted 1 or more", about)

    def _require_fit(self, scope: str, what: str, size: Cell, stride: Cell, padding: Cell, x: Node) -> None:
        """Whether a filter or window of a size can be laid on the maps of a node."""
        self._require_positive(scope, what, size, "size")
        self._require_positive(scope, "stride", stride, "stride")
        if min(padding) < 0:
            raise GraphError(f"{scope}: found padding {_times(padding)}, wanted 0 or more", "padding")
        room = tuple(n + 2 * p for n, p in zip(x.shape[1:], padding, strict=True))
        if any(m > n for m, n in zip(size, room, strict=True)):
            padded = f", {_times(room)} with its padding" if any(padding) else ""
            raise GraphError(
                f"{scope}: found a {what} of {_times(size)}, wanted at most {_times(room)}: "
                f"{x.scope} is {_times(x.shape[1:])}{padded}",
                "size",
            )

    def loss(self, loss: Loss, output: Layer, target: Node, going: Node | None = None) -> Node:
        """The error of the output layer against the target; of sequences the sum over their steps.

        `going` is the node that says where sequences end. Raises GraphError where their sizes differ, where a
        cross-entropy has no softmax in front of it, or a perceptron no linear unit.
        """
        if not isinstance(output, DenseLayer):
            what = "maps" if output.is_map else "the states of all steps"
            raise GraphError(
                f"loss: {output.title} hands on {what}, wanted a dense layer at the output", "kind"
            )
        if len(output.a.shape) != len(target.shape):
            found, wanted = (
                ("at every step", "at the end") if output.is_stepwise else ("at the end", "at every step")
            )
            raise GraphError(f"loss: {output.title} answers {found}, and the targets are {wanted}", "steps")
        if output.a.shape != target.shape:
            units, columns = counted(output.a.shape[-1], "unit"), counted(target.shape[-1], "column")
            raise GraphError(f"loss: the output layer has {units}, and the target {columns}")
        if isinstance(loss, PerceptronLoss) and not isinstance(output.a.op, Identity):
            raise GraphError("loss: perceptron needs an output layer with activation identity")
        if isinstance(loss, SoftmaxCrossEntropy):
            if not isinstance(output.a.op, Softmax):
                raise GraphError("loss: cross_entropy needs an output layer with activation softmax")
            return self._error(loss, going, output.z, output.a, target)
        if type(loss) is BinaryCrossEntropy and isinstance(output.a.op, Logistic):
            stable = LogisticCrossEntropy(loss.mean, loss.only_mistakes)
            return self._error(stable, going, output.a, target, output.z)
        return self._error(loss, going, output.a, target)

    def _error(self, loss: Loss, going: Node | None, *inputs: Node) -> Node:
        if len(inputs[0].shape) == 1:
            return self.add("loss", loss, *inputs)
        if loss.only_mistakes:
            raise GraphError("loss: found training on mistakes only, wanted all steps of a sequence to count")
        ends = () if going is None else (going,)
        steps = self.add("loss/steps", StepLosses(loss, going is not None), *inputs, *ends)
        return self.add("loss", TotalLoss(loss), steps)

    def graph(
        self,
        inputs: Node,
        target: Node | None = None,
        loss: Node | None = None,
        late_weights: bool = False,
        going: Node | None = None,
    ) -> Graph:
        return Graph(tuple(self._nodes), tuple(self._layers), inputs, target, loss, late_weights, going)


def _sum_over(x: Node, every_step: bool, has_ends: bool, has_bias: bool) -> Op:
    """The weighted sum that reads a node: units or maps, or a sequence of (step, unit)."""
    if len(x.shape) != 2:
        return Affine()
    return StepwiseAffine() if every_step else LastAffine(has_ends, has_bias)


def _times(shape: Cell) -> str:
    return " × ".join(map(str, shape))
