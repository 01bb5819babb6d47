"""The slopes of activation functions, with the numbers that they have learned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnviz.engine.graph import Graph, Node, WeightedLayer
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.elementwise import PReLU
from nnviz.engine.ref import Ref

Values = Callable[[Node], Array]


def slopes_of(graph: Graph, node: Node, only: slice, values: Values) -> Array:
    """φ′(z) of an activation for some examples, from the op itself."""
    others = [_input(graph.nodes[i], values, only) for i in node.inputs[1:]]
    derivative = node.op.derivative_of(0)
    assert derivative is not None
    z, a = values(graph.nodes[node.inputs[0]])[only], values(node)[only]
    slopes: Array = derivative(np.ones_like(z), a, z, *others)
    return slopes


def _input(node: Node, values: Values, only: slice) -> Array:
    """What an activation reads beside z: the mask of some examples, or what it has learned."""
    return values(node) if node.is_parameter else values(node)[only]


def slope_at(graph: Graph, ref: Ref, only: slice, values: Values) -> float:
    """φ′(z) of one cell in one example, or ∂a/∂λ where `ref` names a learned slope."""
    node = graph[ref.scope]
    layer = graph.layer_of(node)
    at: Any = (only, *ref.cell)
    if not isinstance(layer, WeightedLayer):  # a gate
        return float(slopes_of(graph, node, only, values)[(0, *ref.cell)])
    z, a = values(layer.z)[at], values(layer.a)[at]
    if node is layer.slopes:
        assert isinstance(layer.a.op, PReLU)
        return float(layer.a.op.slope_derivative(z)[0])
    derivative = layer.a.op.derivative_of(0)
    assert derivative is not None
    others = [
        values(one)[ref.cell[0] : ref.cell[0] + 1] if one.is_parameter else values(one)[at]
        for one in (graph.nodes[i] for i in layer.a.inputs[1:])
    ]
    return float(derivative(np.ones_like(z), a, z, *others)[0])
