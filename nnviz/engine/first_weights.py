"""The first parameters of a network that is built in a notebook: those that are listed, the others drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnviz.engine.graph import Graph, Layer, Node, WeightedLayer
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layer_forms import known
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.elementwise import PReLU
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.settings import flat

if TYPE_CHECKING:
    from nnviz.engine.initializers import Initializer


@dataclass(frozen=True)
class Initial:
    """How first weights are drawn: a method by name, and the numbers that some methods are given.

    `value` is for constant, `low` and `high` for uniform, `mean` and `deviation` for normal. `bias` None
    draws biases, too, where the method is not scaled by the connections of a unit, and sets them to 0 where
    it is.
    """

    method: str = "uniform"
    value: float = 0.0
    low: float = -0.5
    high: float = 0.5
    mean: float = 0.0
    deviation: float = 0.1
    bias: float | None = None


def first_parameters(graph: Graph, listed: Mapping[str, Array], initial: Initial, seed: int) -> Array:
    """The flat vector of all parameters. Raises GraphError for a name or a shape that does not fit.

    What a seed draws for one layer does not depend on what is listed for another one.
    """
    method = known("initial", initial.method, INITIALIZERS)
    draws_units = initial.bias is None and not method.is_scaled
    random = np.random.default_rng(seed)
    drawn: dict[str, Array] = {}
    weighted = [layer for layer in graph.layers if layer.parameters]
    for layer in weighted:
        draw = method.made(initial, layer is weighted[0])
        drawn |= _of_layer(layer, draw, random)
        for node in layer.parameters:
            if len(node.shape) == 1:
                slope = _slope_of(layer, node)
                alike = initial.bias or 0.0 if slope is None else slope
                is_drawn = slope is None and draws_units
                drawn[node.scope] = draw(random, node.shape) if is_drawn else np.full(node.shape, alike)
    return flat(graph, {**drawn, **listed}.items())


def _of_layer(layer: Layer, draw: Initializer, random: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """The weights of a layer; those of a recurrent one gate by gate, for state and input at once."""
    if not isinstance(layer, RecurrentLayer):
        yield from ((one.scope, draw(random, one.shape)) for one in layer.parameters if len(one.shape) > 1)
        return
    width, inputs = layer.width, layer.w_x.shape[1]
    rows = np.concatenate([draw(random, (width, width + inputs)) for _ in range(layer.w_h.shape[0] // width)])
    yield layer.w_h.scope, rows[:, :width]
    yield layer.w_x.scope, rows[:, width:]


def _slope_of(layer: Layer, node: Node) -> float | None:
    """What the slopes that a layer learns start from; None for its biases."""
    if isinstance(layer, WeightedLayer) and node is layer.slopes and isinstance(layer.a.op, PReLU):
        return layer.a.op.start
    return None
