"""Small networks of maps: images, filters, pooling, with random weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnviz.engine.conventions import Conventions
from nnviz.engine.graph import Graph, Layer
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.notation import Notation
from nnviz.engine.ops import LOSSES, Identity, Logistic, PReLU, ReLU, Softmax, SquaredError, Tanh
from nnviz.engine.ops.base import Cell
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Settings, Timeline

Add = Callable[[GraphBuilder, Any, str], Layer]


def conv(filters: int, size: Cell, activation: Any = None, **options: Any) -> Add:
    """A convolution layer."""
    return lambda b, x, scope: b.convolution(
        x, filters, size, activation or ReLU(), scope, scope.capitalize(), **options
    )


def pool(op: Any) -> Add:
    """A pooling layer."""
    return lambda b, x, scope: b.pooling(x, op, scope, scope.capitalize())


def dense(units: int, activation: Any = None, **options: Any) -> Add:
    """A dense layer."""
    return lambda b, x, scope: b.dense(
        x, units, activation or Logistic(), scope, scope.capitalize(), **options
    )


def map_graph(shape: Cell, layers: tuple[Add, ...], loss: str | None, mean: bool, late: bool) -> Graph:
    """Layers one after the other, named l1, l2, …"""
    builder = GraphBuilder()
    x = builder.given("x", shape)
    made: list[Layer] = []
    for index, add in enumerate(layers, 1):
        made.append(add(builder, made[-1].a if made else x, f"l{index}"))
    if loss is None:
        return builder.graph(x)
    t = builder.given("t", (made[-1].units,))
    op = SquaredError(True, mean) if loss == "squared_error" else LOSSES[loss](mean)
    return builder.graph(x, t, builder.loss(op, made[-1], t), late)


def build_map_network(
    shape: Cell,
    layers: tuple[Add, ...],
    loss: str | None = "squared_error",
    *,
    examples: int = 2,
    seed: int = 0,
    batch_size: int | None = None,
    mean: bool = False,
    late: bool = False,
    delta: str = "gradient",
) -> tuple[Timeline, Textbook]:
    """A run of a network of maps on random images and targets, and its textbook."""
    graph = map_graph(shape, layers, loss, mean, late)
    rng = np.random.default_rng(seed)
    inputs = rng.uniform(-1.0, 1.0, (examples, *shape))
    targets = None
    if graph.target is not None:
        units = graph.target.shape[0]
        one_hot = loss == "cross_entropy"
        targets = (
            np.eye(units)[rng.integers(0, units, examples)] if one_hot else rng.random((examples, units))
        )
    parameters = rng.uniform(-1.0, 1.0, graph.parameter_size)
    timeline = Timeline(graph, parameters, Settings(inputs, targets, 0.1), batch_size=batch_size)
    conventions = Conventions(reduction="mean" if mean else "sum", delta=delta)  # type: ignore[arg-type]
    return timeline, Textbook(Notation(graph), conventions)


MAP_VARIANTS: dict[str, dict[str, Any]] = {
    "convolution": {"shape": (1, 4, 4), "layers": (conv(2, (2, 2)), dense(1))},
    "convolution alone, forward only": {
        "shape": (1, 4, 3),
        "layers": (conv(2, (2, 2), Identity(), padding=(1, 0)),),
        "loss": None,
    },
    "channels, max pooling, softmax": {
        "shape": (2, 5, 5),
        "layers": (conv(2, (2, 2), Tanh()), pool(MaxPool((2, 2))), dense(2, Softmax())),
        "loss": "cross_entropy",
    },
    "stride and padding": {
        "shape": (1, 5, 4),
        "layers": (conv(2, (3, 2), stride=(2, 1), padding=(1, 1)), dense(1)),
        "examples": 1,
    },
    "two convolutions": {
        "shape": (1, 5, 5),
        "layers": (conv(2, (2, 2)), conv(2, (2, 2), Logistic()), dense(2)),
        "examples": 1,
    },
    "average pooling": {
        "shape": (1, 5, 5),
        "layers": (conv(2, (2, 2)), pool(AveragePool((2, 2))), dense(1)),
        "mean": True,
    },
    "overlapping windows": {
        "shape": (1, 5, 5),
        "layers": (conv(1, (2, 2)), pool(MaxPool((2, 2), (1, 1))), dense(1)),
        "seed": 2,
    },
    "pooling first, then a convolution": {
        "shape": (1, 5, 5),
        "layers": (pool(AveragePool((2, 2), (1, 1))), conv(1, (2, 2)), pool(MaxPool()), dense(1)),
        "examples": 1,
    },
    "convolution after pooling": {
        "shape": (1, 6, 6),
        "layers": (conv(2, (3, 3)), pool(MaxPool()), conv(2, (2, 2)), dense(1)),
        "examples": 1,
        "delta": "negative_gradient",
    },
    "true convolution of a sequence": {
        "shape": (1, 1, 6),
        "layers": (conv(2, (1, 3), flipped=True, padding=(0, 1)), dense(1)),
    },
    "no bias, frozen filters": {
        "shape": (1, 4, 4),
        "layers": (conv(2, (2, 2), bias=False), conv(1, (2, 2), train_weights=False), dense(1)),
        "examples": 1,
    },
    "late weights in maps": {
        "shape": (1, 4, 4),
        "layers": (conv(1, (2, 2)), conv(2, (2, 2)), dense(1)),
        "late": True,
        "examples": 1,
    },
    "prelu in maps": {
        "shape": (1, 4, 4),
        "layers": (conv(2, (2, 2), PReLU()), conv(1, (2, 2), PReLU(), bias=False), dense(2, PReLU())),
    },
    "prelu in maps, late weights": {
        "shape": (2, 3, 3),
        "layers": (conv(2, (2, 2), PReLU(), train_bias=False), dense(1)),
        "late": True,
        "delta": "negative_gradient",
    },
    "mini-batches of images": {
        "shape": (1, 3, 3),
        "layers": (conv(1, (2, 2)), dense(1)),
        "examples": 4,
        "batch_size": 2,
    },
}
