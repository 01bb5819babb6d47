"""What a network is made of, counted: units, parameters and connections of every layer.

A *unit* is one number that a layer hands on for one example. A *parameter* is one weight or bias, counted
once however many units share it. A *connection* is one product of a weighted sum, w·x with a cell of the
input, or w(i,0)·1 with a bias; a shared weight makes one at every place where it is used. A product with
padding reaches no cell of the input and is no connection; it is counted apart, for published figures often
include it. A pooling unit has one connection to every cell of its window, and no parameters.

A dense layer in the place of another reads all of its inputs with every unit: inputs × units parameters
and as many connections, and one bias a unit where the layer it stands for has biases. The difference is
what sparse interactions and parameter sharing save (Goodfellow, Bengio and Courville: Deep Learning, 9.2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nnviz.engine.graph import DenseLayer, Graph, GraphError, Layer, PoolingLayer, WeightedLayer
from nnviz.engine.ops.base import Contraction, Pooling
from nnviz.engine.ops.recurrence import InputSum
from nnviz.engine.recurrent import RecurrentLayer


@dataclass(frozen=True, slots=True)
class Count:
    """Units, parameters and connections of a layer or of several."""

    units: int = 0
    parameters: int = 0
    connections: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.units + other.units,
            self.parameters + other.parameters,
            self.connections + other.connections,
        )


@dataclass(frozen=True, slots=True)
class LayerCensus:
    """One layer, counted, and the dense layer of the same input and output.

    `frozen` of its parameters are not trained. `on_padding` products of its sums lie outside of the input
    and are not among its connections.
    """

    layer: Layer
    count: Count
    dense: Count
    frozen: int = 0
    on_padding: int = 0

    @property
    def is_dense(self) -> bool:
        return isinstance(self.layer, DenseLayer)

    @property
    def inputs(self) -> int:
        """How many numbers it reads."""
        return math.prod(self.layer.x.shape)

    @property
    def products(self) -> int:
        """How many products one of its sums has, bias and padding included; the same for all units."""
        return (self.count.connections + self.on_padding) // self.count.units


def grouped(count: int) -> str:
    """A count with its thousands set off by commas; counts are exact and never rounded."""
    return f"{count:,}"


def sized(shape: Sequence[int]) -> str:
    """``6 × 28 × 28``"""
    return " × ".join(map(grouped, shape))


def census(graph: Graph) -> tuple[LayerCensus, ...]:
    """Every layer of a graph, counted from the index maps of its ops."""
    return tuple(_counted(graph, layer) for layer in graph.layers)


def total(counts: Iterable[Count]) -> Count:
    """All layers together."""
    return sum(counts, Count())


def _counted(graph: Graph, layer: Layer) -> LayerCensus:
    if isinstance(layer, WeightedLayer):
        return _weighted(graph, layer)
    if isinstance(layer, PoolingLayer) and isinstance(layer.a.op, Pooling):
        cells = math.prod(layer.a.op.size)
        return LayerCensus(layer, Count(layer.units, 0, layer.units * cells), _dense(layer, biases=0))
    if isinstance(layer, RecurrentLayer):
        return _recurrent(graph, layer)
    raise GraphError(f"{layer.scope}: found a layer of unknown kind, which cannot be counted")


def _weighted(graph: Graph, layer: WeightedLayer) -> LayerCensus:
    op = layer.z.op
    if not isinstance(op, Contraction):
        raise GraphError(f"{layer.scope}: found z that is no weighted sum, which cannot be counted")
    shapes = [graph.nodes[index].shape for index in layer.z.inputs]
    slots = [op.arguments.index(name) for name in ("x", "b") if op.arguments.index(name) < len(shapes)]
    connections = sum(int(op.use_counts(slot, *shapes).sum()) for slot in slots)
    parameters = {node: math.prod(node.shape) for node in layer.parameters}
    return LayerCensus(
        layer,
        Count(layer.units, sum(parameters.values()), connections),
        _dense(layer, biases=layer.units if layer.b else 0),
        frozen=sum(size for node, size in parameters.items() if not node.is_trainable),
        on_padding=op.term_count(*shapes) * layer.units - connections,
    )


def _recurrent(graph: Graph, layer: RecurrentLayer) -> LayerCensus:
    """Every step uses the same weights: parameters are counted once, connections at every step."""
    sums = [node for node in layer.parts if isinstance(node.op, Contraction)]
    products = sum(
        node.op.term_count(*(graph.nodes[i].shape for i in node.inputs)) * math.prod(node.shape)
        for node in sums
        if isinstance(node.op, Contraction)
    )
    reset = math.prod(layer.a.shape) if any(isinstance(node.op, InputSum) for node in sums) else 0
    parameters = {node: math.prod(node.shape) for node in layer.parameters}
    return LayerCensus(
        layer,
        Count(layer.units, sum(parameters.values()), products - reset),
        _dense(layer, biases=layer.units if layer.b else 0),
        frozen=sum(size for node, size in parameters.items() if not node.is_trainable),
    )


def _dense(layer: Layer, biases: int) -> Count:
    numbers = math.prod(layer.x.shape) * layer.units + biases
    return Count(layer.units, numbers, numbers)
