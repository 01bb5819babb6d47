"""Networks of maps of every kind, for tests of their pictures."""

from __future__ import annotations

import random

from nnviz.engine.layers import GraphBuilder
from nnviz.engine.ops import Identity, ReLU, Softmax, SoftmaxCrossEntropy
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from tests.ui.maps import Maps, forward_only, small


def network(stride=(1, 1), padding=(0, 0), flipped=False, channels=1, pool=MaxPool, phi=ReLU, examples=1):
    """A 7×6 image, two filters of 3×2, pooling, two classes."""
    builder = GraphBuilder()
    x, t = builder.given("x", (channels, 7, 6)), builder.given("t", (2,))
    conv = builder.convolution(
        x, 2, (3, 2), phi(), "conv", "Conv", stride=stride, padding=padding, flipped=flipped
    )
    pooled = builder.pooling(conv.a, pool((2, 2), (1, 1)), "pool", "Pool")
    dense = builder.dense(pooled.a, 2, Softmax(), "dense", "Dense")
    return Maps(builder.graph(x, t, builder.loss(SoftmaxCrossEntropy(False), dense, t)), examples)


def deep():
    """Two convolutions, one on the other, and a squared error that comes back through slopes."""
    builder = GraphBuilder()
    x, t = builder.given("x", (2, 6, 6)), builder.given("t", (2,))
    one = builder.convolution(x, 2, (3, 3), ReLU(), "one", "One", padding=(1, 1))
    two = builder.convolution(one.a, 3, (2, 2), Identity(), "two", "Two", stride=(2, 2))
    hidden = builder.dense(two.a, 4, ReLU(), "hidden", "Hidden")
    out = builder.dense(hidden.a, 2, Softmax(), "out", "Out")
    return Maps(builder.graph(x, t, builder.loss(SoftmaxCrossEntropy(False), out, t)), 2)


NETWORKS = {
    "small": small,
    "color": lambda: small(channels=3),
    "batch": lambda: small(examples=2),
    "forward only": forward_only,
    "strided": lambda: network((2, 2), (1, 1), channels=2),
    "turned": lambda: network(flipped=True),
    "average": lambda: network(pool=AveragePool),
    "deep": deep,
}


def positions(outline, count=4):
    """Some positions of every stage, its first and its last among them."""
    draw = random.Random(3)
    for stage in outline.stages:
        inner = [draw.randint(stage.start + 1, stage.end) for _ in range(count)]
        yield from sorted({stage.start + 1, *inner, stage.end})
