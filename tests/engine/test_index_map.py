"""The index map of sums of products: read forward it is the sum, read backward it is every derivative."""

from __future__ import annotations

from collections import Counter
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.ops.base import PADDING, Contraction, Factor
from nnviz.engine.ops.contraction import Affine
from nnviz.engine.ops.convolution import Convolution

BIASES = ("none", "shared", "one a unit")
few = st.integers(1, 3)


@st.composite
def affine(draw):
    """A layer of units that reads a vector or maps: the op, and the shapes of its inputs for one example."""
    shape = draw(st.one_of(st.tuples(st.integers(1, 5)), st.tuples(few, few, few)))
    units, bias = draw(st.integers(1, 5)), draw(st.sampled_from(BIASES))
    biases = {"none": [], "shared": [(1,)], "one a unit": [(units,)]}[bias]
    return Affine(), [shape, (units, prod(shape)), *biases]


@st.composite
def convolution(draw):
    """Filters on images or sequences, with any stride and padding."""
    rows, columns = draw(st.sampled_from([1, 3, 4])), draw(st.integers(1, 5))
    padding = (draw(st.integers(0, 1)) if rows > 1 else 0, draw(st.integers(0, 2)))
    room = (n + 2 * p for n, p in zip((rows, columns), padding, strict=True))
    size = tuple(draw(st.integers(1, min(n, 3))) for n in room)
    filters, channels = draw(few), draw(few)
    biases = [(filters,)] if draw(st.booleans()) else []
    op = Convolution((draw(few), draw(few)), padding, draw(st.booleans()))
    return op, [(channels, rows, columns), (filters, channels, *size), *biases]


contractions = given(case=st.one_of(affine(), convolution()), seed=st.integers(0, 2**32 - 1))


def arrays(shapes, seed):
    """One example's input, weights, and biases if there are any."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def product(xs, factors):
    return prod(0.0 if f.slot == PADDING else float(xs[f.slot][f.cell]) for f in factors)


def cells(array):
    return np.ndindex(array.shape)


@contractions
def test_terms_add_up_to_the_value(case, seed):
    op, shapes = case
    xs = arrays(shapes, seed)
    z = op.forward(xs[0][None], *xs[1:])[0]
    assert z.shape == op.output_shape(*shapes)
    for output in cells(z):
        terms = list(op.terms(output, *shapes))
        assert len(terms) == op.term_count(*shapes)
        total = sum(product(xs, factors) for factors in terms)
        assert total == pytest.approx(z[output], rel=1e-12, abs=1e-12)


@contractions
def test_uses_are_the_terms_read_backward(case, seed):
    op, shapes = case
    inverted = Counter()
    for output in np.ndindex(op.output_shape(*shapes)):
        for factors in op.terms(output, *shapes):
            for factor in factors:
                others = tuple(other for other in factors if other is not factor)
                inverted[factor, output, others] += factor.slot != PADDING
    found = Counter(
        (Factor(slot, cell), use.output, use.others)
        for slot, shape in enumerate(shapes)
        for cell in np.ndindex(shape)
        for use in op.uses(Factor(slot, cell), *shapes)
    )
    assert found == inverted


@contractions
def test_uses_are_counted_without_listing_them(case, seed):
    op, shapes = case
    for slot in range(len(shapes)):
        assert (op.use_counts(slot, *shapes) == Contraction.use_counts(op, slot, *shapes)).all()


@contractions
def test_padding_lies_outside_of_the_image(case, seed):
    op, shapes = case
    _, *size = shapes[0]
    for output in np.ndindex(op.output_shape(*shapes)):
        for factor in (factor for factors in op.terms(output, *shapes) for factor in factors):
            shape = size if factor.slot == PADDING else shapes[factor.slot]
            cell = factor.cell[1:] if factor.slot == PADDING else factor.cell
            inside = all(0 <= i < n for i, n in zip(cell, shape, strict=True))
            assert inside == (factor.slot != PADDING)


@contractions
def test_uses_give_every_derivative(case, seed):
    op, shapes = case
    examples = 3
    rng = np.random.default_rng(seed)
    xs = arrays(shapes, seed)
    x, dy = (rng.normal(size=(examples, *shape)) for shape in (shapes[0], op.output_shape(*shapes)))
    batch = [x, *xs[1:]]
    y = op.forward(*batch)
    for slot, array in enumerate(xs):
        derivative = op.derivative_of(slot)(dy, y, *batch)
        for cell in cells(array):
            by_example = [
                sum(
                    dy[n][use.output] * product([x[n], *xs[1:]], use.others)
                    for use in op.uses(Factor(slot, cell), *shapes)
                )
                for n in range(examples)
            ]
            if slot == 0:
                assert by_example == pytest.approx(derivative[(slice(None), *cell)], rel=1e-11, abs=1e-11)
            else:
                assert sum(by_example) == pytest.approx(derivative[cell], rel=1e-11, abs=1e-11)


def test_bias_comes_first_in_reading_order():
    slots = [[factor.slot for factor in term] for term in Affine().terms((1,), (2,), (3, 2), (3,))]
    assert slots == [[2], [1, 0], [1, 0]]


def test_a_field_is_read_channel_by_channel_and_row_by_row():
    shapes = [(2, 3, 3), (1, 2, 2, 2), (1,)]
    bias, *terms = Convolution(stride=(1, 1)).terms((0, 1, 0), *shapes)
    assert bias == (Factor(2, (0,)),)
    assert [weight.cell for weight, _ in terms] == [(0, *cell) for cell in np.ndindex(2, 2, 2)]
    assert [x.cell for _, x in terms] == [(k, 1 + m, n) for k, m, n in np.ndindex(2, 2, 2)]
