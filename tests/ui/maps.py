"""Small networks of maps for tests: what is drawn, listed and counted does not need a lesson."""

from __future__ import annotations

import math

import numpy as np

from nnviz.engine.cursor import Walk
from nnviz.engine.graph import Graph
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.notation import Notation
from nnviz.engine.notation_maps import MapNotation
from nnviz.engine.ops import ReLU, Softmax, SoftmaxCrossEntropy
from nnviz.engine.ops.pooling import MaxPool
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Settings, Timeline


class Maps:
    """A network of maps at any position of its iterations."""

    def __init__(self, graph: Graph, examples: int, filter_names: dict[str, tuple[str, ...]] | None = None):
        draw = np.random.default_rng(0)
        weights = [
            draw.normal(size=p.shape) * math.sqrt(2 / math.prod(p.shape[1:])) for p in graph.parameters
        ]
        inputs = np.round(draw.random((examples, *graph.inputs.shape)), 2)
        targets = None
        if graph.target is not None:
            targets = np.eye(graph.target.shape[0])[draw.integers(graph.target.shape[0], size=examples)]
        flat = np.concatenate([w.ravel() for w in weights])
        self.timeline = Timeline(graph, flat, Settings(inputs, targets, 0.1))
        notation = Notation(graph, numbering="layer", maps=MapNotation(graph, filter_names=filter_names))
        self.textbook = Textbook(notation)
        self.walk = Walk(self.timeline)

    @property
    def graph(self) -> Graph:
        return self.timeline.graph

    @property
    def outline(self):
        return self.walk.outline(0)

    def moment(self, position: int, example: int = 0, iteration: int = 0) -> Moment:
        return resolve(self.walk, self.walk.at(iteration, position, example), self.textbook)

    def end(self) -> Moment:
        return self.moment(self.outline.length)


def small(examples: int = 1, channels: int = 1) -> Maps:
    """A 6×6 image, three filters of 3×3, max pooling 2×2, two classes."""
    builder = GraphBuilder()
    x, t = builder.given("x", (channels, 6, 6)), builder.given("t", (2,))
    conv = builder.convolution(x, 3, (3, 3), ReLU(), "conv", "Convolution")
    pool = builder.pooling(conv.a, MaxPool((2, 2)), "pool", "Max pooling")
    dense = builder.dense(pool.a, 2, Softmax(), "dense", "Dense")
    loss = builder.loss(SoftmaxCrossEntropy(False), dense, t)
    return Maps(builder.graph(x, t, loss), examples, {"conv": ("horizontal", "vertical")})


def forward_only() -> Maps:
    """One padded filter over a 4×4 image, and nothing to learn."""
    builder = GraphBuilder()
    x = builder.given("x", (1, 4, 4))
    builder.convolution(x, 1, (3, 3), ReLU(), "conv", "Convolution", padding=(1, 1), bias=False)
    return Maps(builder.graph(x), 1)


def lenet(examples: int = 1) -> Maps:
    """LeNet-5 on 28×28 pixels."""
    builder = GraphBuilder()
    x, t = builder.given("x", (1, 28, 28)), builder.given("t", (10,))
    c1 = builder.convolution(x, 6, (5, 5), ReLU(), "c1", "C1", padding=(2, 2))
    s2 = builder.pooling(c1.a, MaxPool((2, 2)), "s2", "S2")
    c3 = builder.convolution(s2.a, 16, (5, 5), ReLU(), "c3", "C3")
    s4 = builder.pooling(c3.a, MaxPool((2, 2)), "s4", "S4")
    f5 = builder.dense(s4.a, 120, ReLU(), "f5", "F5")
    f6 = builder.dense(f5.a, 84, ReLU(), "f6", "F6")
    out = builder.dense(f6.a, 10, Softmax(), "out", "Output")
    return Maps(builder.graph(x, t, builder.loss(SoftmaxCrossEntropy(False), out, t)), examples)
