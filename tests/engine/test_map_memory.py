"""Convolution and pooling do not care how their inputs lie in memory, and hand on what is quick to read."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.memory import examples_first, examples_last
from nnviz.engine.ops.pooling import AveragePool, MaxPool

OPS = {
    "convolution": Convolution(),
    "padding": Convolution(padding=(2, 1)),
    "stride": Convolution(stride=(2, 3), padding=(0, 1)),
    "flipped": Convolution(flipped=True),
    "max": MaxPool(),
    "max, overlapping": MaxPool((3, 2), (2, 1)),
    "max of one": MaxPool((1, 1), (2, 2)),
    "mean": AveragePool(),
    "mean, overlapping": AveragePool((2, 3), (1, 1)),
}
ORDERS = {
    "examples first": lambda x: np.ascontiguousarray(x),
    "examples last": lambda x: examples_first(np.ascontiguousarray(examples_last(x))),
    "columns first": lambda x: np.asfortranarray(x),
    "backward": lambda x: np.ascontiguousarray(x[:, :, ::-1, ::-1])[:, :, ::-1, ::-1],
    "with gaps": lambda x: np.repeat(x, 2, axis=3)[:, :, :, ::2],
}


def read_only(array):
    array.flags.writeable = False
    return array


def inputs(op, examples):
    """The input and, for a convolution, filters and biases."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(examples, 2, 6, 5))
    if not isinstance(op, Convolution):
        return [np.round(x)]  # with ties
    return [x, rng.normal(size=(3, 2, 3, 2)), rng.normal(size=3)]


@pytest.mark.parametrize("examples", [1, 3])
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("op", OPS.values(), ids=OPS.keys())
def test_the_order_in_memory_changes_nothing(op, order, examples):
    xs = inputs(op, examples)
    y = op.forward(*xs)
    dy = np.cos(np.arange(y.size)).reshape(y.shape)
    derivatives = [op.derivative_of(slot) for slot in range(len(xs))]
    wanted = [y, *(derivative(dy, y, *xs) for derivative in derivatives)]
    others = [read_only(order(x)) if x.ndim == 4 else x for x in xs]
    y, dy = read_only(order(y)), read_only(order(dy))
    found = [op.forward(*others), *(derivative(dy, y, *others) for derivative in derivatives)]
    for one, two in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS.keys())
def test_maps_with_their_examples_last_make_others_of_the_kind(op):
    x, *parameters = inputs(op, 3)
    x = ORDERS["examples last"](x)
    y = op.forward(x, *parameters)
    dx = op.d_x(np.ones_like(y), y, x, *parameters)
    for array in (y, dx):
        steps = list(examples_last(array).strides)
        assert steps == sorted(steps, reverse=True)


def test_the_two_orders_are_each_other_read_backward():
    x = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    assert examples_last(x).shape == (3, 4, 5, 2)
    assert (examples_first(examples_last(x)) == x).all()


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 3)])
def test_a_window_without_a_number_gives_its_error_to_one_cell(size):
    op, x = MaxPool(size), np.full((1, 1, 4, 6), np.nan)
    y = op.forward(x)
    dx = op.d_x(np.ones_like(y), y, x)
    assert np.isnan(y).all()
    assert dx.sum() == y.size and set(dx.ravel()) <= {0.0, 1.0}
