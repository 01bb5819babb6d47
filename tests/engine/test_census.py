"""Counting a network: against its index maps cell by cell, and against published figures."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.census import Count, census, grouped, sized, total
from nnviz.engine.graph import PoolingLayer
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.ops import ReLU, Softmax, SoftmaxCrossEntropy
from nnviz.engine.ops.base import PADDING
from nnviz.engine.ops.pooling import AveragePool, MaxPool


def lenet(side, padding):
    """LeNet-5 as it is built today: every map of C3 reads all six below, and pooling learns nothing."""
    build = GraphBuilder()
    x, t = build.given("x", (1, side, side)), build.given("t", (10,))
    c1 = build.convolution(x, 6, (5, 5), ReLU(), "c1", "C1", padding=(padding, padding))
    s2 = build.pooling(c1.a, MaxPool(), "s2", "S2")
    c3 = build.convolution(s2.a, 16, (5, 5), ReLU(), "c3", "C3")
    s4 = build.pooling(c3.a, AveragePool(), "s4", "S4")
    c5 = build.dense(s4.a, 120, ReLU(), "c5", "C5")
    f6 = build.dense(c5.a, 84, ReLU(), "f6", "F6")
    output = build.dense(f6.a, 10, Softmax(), "output", "Output")
    return build.graph(x, t, build.loss(SoftmaxCrossEntropy(), output, t))


def test_lenet_on_32_by_32_has_the_connections_of_its_paper():
    counts = {one.layer.scope: one.count for one in census(lenet(32, 0))}
    assert counts == {
        "c1": Count(4_704, 156, 122_304),
        "s2": Count(1_176, 0, 4_704),
        "c3": Count(1_600, 2_416, 241_600),
        "s4": Count(400, 0, 1_600),
        "c5": Count(120, 48_120, 48_120),
        "f6": Count(84, 10_164, 10_164),
        "output": Count(10, 850, 850),
    }
    assert total(counts.values()) == Count(8_094, 61_706, 429_342)


def test_products_with_padding_are_counted_apart():
    first = census(lenet(28, 2))[0]
    along = 28 * 5 - 2 * (2 + 1)  # filter cells on the image in one direction: the ends lack two and one
    assert first.count.connections == 6 * along**2 + 4_704
    assert first.count.connections + first.on_padding == 122_304
    assert first.products == 26


def test_a_dense_layer_instead_reads_everything_with_every_unit():
    counted = census(lenet(28, 2))
    assert counted[0].dense == Count(4_704, 784 * 4_704 + 4_704, 784 * 4_704 + 4_704)
    assert counted[1].dense == Count(1_176, 4_704 * 1_176, 4_704 * 1_176)  # pooling has no biases
    for one in counted:
        assert one.is_dense == (one.count == one.dense)


@given(
    channels=st.integers(1, 2),
    filters=st.integers(1, 3),
    rows=st.integers(1, 6),
    columns=st.integers(1, 6),
    size=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    bias=st.booleans(),
    flipped=st.booleans(),
)
def test_a_convolution_is_counted_as_its_terms_are(
    channels, filters, rows, columns, size, stride, padding, bias, flipped
):
    if any(n + 2 * p < m for n, m, p in zip((rows, columns), size, padding, strict=True)):
        return
    build = GraphBuilder()
    x = build.given("x", (channels, rows, columns))
    layer = build.convolution(
        x, filters, size, ReLU(), "c", "C", stride=stride, padding=padding, bias=bias, flipped=flipped
    )
    graph = build.graph(x)
    (one,) = census(graph)
    shapes = [graph.nodes[index].shape for index in layer.z.inputs]
    slots = [
        {factor.slot for factor in term}
        for output in np.ndindex(layer.z.shape)
        for term in layer.z.op.terms(output, *shapes)
    ]
    assert one.count.connections == sum(PADDING not in term for term in slots)
    assert one.on_padding == sum(PADDING in term for term in slots)
    assert one.count.parameters == filters * (channels * prod(size) + bias)
    assert one.count.units == prod(layer.z.shape)
    assert one.dense.connections == one.count.units * (channels * rows * columns + bias)


@given(
    side=st.integers(3, 7),
    size=st.integers(1, 3),
    stride=st.integers(1, 3),
    op=st.sampled_from([MaxPool, AveragePool]),
)
def test_a_pooling_layer_is_counted_as_its_windows_are(side, size, stride, op):
    build = GraphBuilder()
    x = build.given("x", (2, side, side))
    pool = op((size, size), (stride, stride))
    layer = build.pooling(x, pool, "p", "P")
    (one,) = census(build.graph(x))
    assert isinstance(one.layer, PoolingLayer)
    windows = [pool.window(output, x.shape) for output in np.ndindex(layer.a.shape)]
    assert one.count == Count(len(windows), 0, sum(map(len, windows)))


@pytest.mark.parametrize(
    ("options", "parameters", "connections", "frozen"),
    [
        ({}, 8, 8, 0),
        ({"bias": False}, 6, 6, 0),
        ({"shared_bias": True}, 7, 8, 0),
        ({"train_weights": False}, 8, 8, 6),
        ({"train_bias": False}, 8, 8, 2),
    ],
)
def test_biases_and_frozen_parameters(options, parameters, connections, frozen):
    build = GraphBuilder()
    x = build.given("x", (3,))
    build.dense(x, 2, ReLU(), "d", "D", **options)
    (one,) = census(build.graph(x))
    assert (one.count, one.frozen) == (Count(2, parameters, connections), frozen)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (3_692_640, "3,692,640"), (10**10, "10,000,000,000")]
)
def test_counts_are_written_exactly(count, text):
    assert grouped(count) == text


def test_sizes_are_written_with_times():
    assert sized((6, 28, 28)) == "6 × 28 × 28"
