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


def slopes_of(graph: Graph, node: Node, a: Array, z: Array, values: Values) -> Array:
    """φ′(z) of an activation for some examples, from the op itself."""
    learned = [values(graph.nodes[i]) for i in node.inputs[1:]]
    derivative = node.op.derivative_of(0)
    assert derivative is not None
    slopes: Array = derivative(np.ones_like(z), a, z, *learned)
    return slopes


def slope_at(graph: Graph, ref: Ref, only: slice, values: Values) -> float:
    """φ′(z) of one cell in one example, or ∂a/∂λ where `ref` names a learned slope."""
    node = graph[ref.scope]
    layer = graph.layer_of(node)
    assert isinstance(layer, WeightedLayer)
    at: Any = (only, *ref.cell)
    z, a = values(layer.z)[at], values(layer.a)[at]
    if node is layer.slopes:
        assert isinstance(layer.a.op, PReLU)
        return float(layer.a.op.slope_derivative(z)[0])
    derivative = layer.a.op.derivative_of(0)
    assert derivative is not None
    learned = [values(graph.nodes[i])[ref.cell[0] : ref.cell[0] + 1] for i in layer.a.inputs[1:]]
    return float(derivative(np.ones_like(z), a, z, *learned)[0])
