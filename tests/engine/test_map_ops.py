"""Convolution and pooling over random shapes: against plain loops, differences and PyTorch."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.gradcheck import check_gradients, check_op
from nnviz.engine.ops.base import PADDING, Contraction, Factor
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.run import Batch
from tests.engine.map_networks import MAP_VARIANTS, build_map_network

EXACT = {"rtol": 1e-10, "atol": 1e-10}


@st.composite
def convolutions(draw):
    """(op, x, w, b) in one or two dimensions; b is None without biases."""
    rows = draw(st.sampled_from([1, 4, 5, 7]))
    columns = draw(st.integers(3, 7))
    padding = (draw(st.integers(0, 2)) if rows > 1 else 0, draw(st.integers(0, 2)))
    size = tuple(
        draw(st.integers(1, min(n + 2 * p, 4))) for n, p in zip((rows, columns), padding, strict=True)
    )
    stride = (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    examples, channels, filters = (draw(st.integers(1, 3)) for _ in range(3))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    x = random.normal(size=(examples, channels, rows, columns))
    w = random.normal(size=(filters, channels, *size))
    b = random.normal(size=filters) if draw(st.booleans()) else None
    return Convolution(stride, padding, draw(st.booleans())), x, w, b


@st.composite
def poolings(draw, kinds=(MaxPool, AveragePool)):
    """(op, x): any window and stride; whole numbers, so that there are ties, or numbers that all differ."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    size = (draw(st.integers(1, min(rows, 3))), draw(st.integers(1, min(columns, 3))))
    stride = draw(st.one_of(st.none(), st.tuples(st.integers(1, 3), st.integers(1, 3))))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 3)), rows, columns)
    ties = draw(st.booleans())
    x = (
        random.integers(0, 3, shape) * 1.0
        if ties
        else random.permutation(math.prod(shape)).reshape(shape) * 1.0
    )
    return draw(st.sampled_from(kinds))(size, stride), x, ties


def arguments(x, w, b):
    return (x, w) if b is None else (x, w, b)


def looped(op, x, w, b):
    """The textbook's sums, one product after the other."""
    y = np.zeros((len(x), *op.output_shape(x.shape[1:], w.shape)))
    (sh, sw), (ph, pw) = op.stride, op.padding
    for n, f, r, c in np.ndindex(y.shape):
        total = 0.0 if b is None else b[f]
        for k, i, j in np.ndindex(w.shape[1:]):
            row, column = r * sh + i - ph, c * sw + j - pw
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                tap = (w.shape[2] - 1 - i, w.shape[3] - 1 - j) if op.flipped else (i, j)
                total += w[(f, k, *tap)] * x[n, k, row, column]
        y[n, f, r, c] = total
    return y


@given(convolutions())
@settings(max_examples=60, deadline=None)
def test_convolution_is_the_sum_of_the_textbook(case):
    op, x, w, b = case
    np.testing.assert_allclose(op.forward(*arguments(x, w, b)), looped(op, x, w, b), **EXACT)


@given(convolutions())
@settings(max_examples=40, deadline=None)
def test_convolution_gradients_are_those_of_differences(case):
    op, x, w, b = case
    for check in check_op(op, *arguments(x, w, b), epsilon=1e-2):  # linear in each: any step is exact
        assert check.agrees(), check


@given(convolutions())
@settings(max_examples=80, deadline=None)
def test_convolution_agrees_with_pytorch(case):
    torch = pytest.importorskip("torch")
    op, x, w, b = case
    ours = arguments(x, w, b)
    theirs = [torch.tensor(one, requires_grad=True) for one in ours]
    taps = theirs[1].flip(2, 3) if op.flipped else theirs[1]
    bias = theirs[2] if b is not None else None
    y = torch.nn.functional.conv2d(theirs[0], taps, bias, op.stride, op.padding)
    dy = np.random.default_rng(0).normal(size=tuple(y.shape))
    y.backward(torch.tensor(dy))
    value = op.forward(*ours)
    np.testing.assert_allclose(value, y.detach().numpy(), **EXACT)
    for slot, one in enumerate(theirs):
        np.testing.assert_allclose(op.derivative_of(slot)(dy, value, *ours), one.grad.numpy(), **EXACT)


@given(convolutions())
@settings(max_examples=30, deadline=None)
def test_the_index_map_of_a_convolution(case):
    """Its terms give the value; its uses, read backward, give the gradients; its counts count both."""
    op, x, w, b = case
    ours = arguments(x[:1], w, b)
    example = (x[0], *ours[1:])
    shapes = [one.shape for one in example]
    y = op.forward(*ours)
    dy = np.cos(np.arange(y.size)).reshape(y.shape)

    def number(factor):
        return 0.0 if factor.slot == PADDING else example[factor.slot][factor.cell]

    for output in np.ndindex(y.shape[1:]):
        terms = [math.prod(map(number, term)) for term in op.terms(output, *shapes)]
        assert len(terms) == op.term_count(*shapes)
        assert sum(terms) == pytest.approx(y[(0, *output)], rel=1e-10, abs=1e-10)
    for slot, one in enumerate(example):
        gradient = op.derivative_of(slot)(dy, y, *ours)
        gradient = gradient[0] if slot == 0 else gradient
        np.testing.assert_array_equal(op.use_counts(slot, *shapes), Contraction.use_counts(op, slot, *shapes))
        for cell in itertools.islice(np.ndindex(one.shape), 12):
            uses = op.uses(Factor(slot, cell), *shapes)
            total = sum(dy[(0, *use.output)] * math.prod(map(number, use.others)) for use in uses)
            assert total == pytest.approx(gradient[cell], rel=1e-10, abs=1e-10)


def test_true_convolution_is_that_of_mathematics():
    x, kernel = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, -2.0, 0.5])
    op = Convolution(padding=(0, 2), flipped=True)
    y = op.forward(x.reshape(1, 1, 1, 4), kernel.reshape(1, 1, 1, 3))
    np.testing.assert_allclose(y.ravel(), np.convolve(x, kernel))


# Pooling


@given(poolings())
@settings(max_examples=80, deadline=None)
def test_a_window_keeps_its_largest_or_its_mean(case):
    op, x, _ = case
    y = op.forward(x)
    assert y.shape == (len(x), *op.output_shape(x.shape[1:]))
    keep = np.max if isinstance(op, MaxPool) else np.mean
    for n, *output in np.ndindex(y.shape):
        window = [x[(n, *cell)] for cell in op.window(tuple(output), x.shape[1:])]
        assert y[(n, *output)] == pytest.approx(keep(window), rel=1e-12)


@given(poolings())
@settings(max_examples=80, deadline=None)
def test_errors_go_back_by_the_slopes_of_every_window(case):
    """For equals the first in row order is the winner: `slope` says so, and `d_x` does so."""
    op, x, _ = case
    y = op.forward(x)
    dy = np.cos(np.arange(y.size)).reshape(y.shape)
    dx = op.d_x(dy, y, x)
    for n, *cell in np.ndindex(x.shape):
        windows = op.windows_of(tuple(cell), x.shape[1:])
        assert all(tuple(cell) in op.window(window, x.shape[1:]) for window in windows)
        total = sum(dy[(n, *window)] * op.slope(window, tuple(cell), x[n]) for window in windows)
        assert dx[(n, *cell)] == pytest.approx(total, rel=1e-12, abs=1e-12)
        assert op.use_counts(x.shape[1:])[tuple(cell)] == len(windows)
    if isinstance(op, MaxPool):
        for n, *output in np.ndindex(y.shape):
            window = op.window(tuple(output), x.shape[1:])
            slopes = [op.slope(tuple(output), cell, x[n]) for cell in window]
            assert sum(slopes) == 1.0
            assert slopes.index(1.0) == int(np.argmax([x[(n, *cell)] for cell in window]))


@given(poolings())
@settings(max_examples=60, deadline=None)
def test_pooling_agrees_with_pytorch(case):
    torch = pytest.importorskip("torch")
    op, x, ties = case
    theirs = torch.tensor(x, requires_grad=True)
    pool = torch.nn.functional.max_pool2d if isinstance(op, MaxPool) else torch.nn.functional.avg_pool2d
    y = pool(theirs, op.size, op.stride)
    dy = np.random.default_rng(0).normal(size=tuple(y.shape))
    y.backward(torch.tensor(dy))
    np.testing.assert_allclose(op.forward(x), y.detach().numpy(), **EXACT)
    if not ties or isinstance(op, AveragePool):
        np.testing.assert_allclose(op.d_x(dy, op.forward(x), x), theirs.grad.numpy(), **EXACT)


@pytest.mark.parametrize("kind", [MaxPool, AveragePool])
def test_what_is_no_number_does_not_stop_pooling(kind):
    x = np.array([[[[1.0, np.nan], [np.inf, 2.0]]]])
    with np.errstate(all="ignore"):
        y = kind().forward(x)
        assert kind().d_x(np.ones_like(y), y, x).shape == x.shape


# Whole networks


@pytest.mark.parametrize(
    "name", [name for name, options in MAP_VARIANTS.items() if options.get("loss", "") is not None]
)
def test_gradients_of_whole_networks(name):
    timeline, _ = build_map_network(**MAP_VARIANTS[name])
    settings_ = timeline.settings(0)
    batch = Batch(range(timeline.examples), settings_.inputs, settings_.targets)
    for check in check_gradients(timeline, timeline.state(0).parameters, batch):
        assert check.agrees(), check
