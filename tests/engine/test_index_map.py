"""The index map of a weighted sum: read forward it is the sum, read backward it is every derivative."""

from __future__ import annotations

from collections import Counter
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.ops.base import Factor
from nnviz.engine.ops.contraction import Affine

OP = Affine()
BIASES = ("none", "shared", "one a unit")
sizes = given(
    inputs=st.integers(1, 5),
    units=st.integers(1, 5),
    bias=st.sampled_from(BIASES),
    seed=st.integers(0, 2**32 - 1),
)


def arrays(inputs, units, bias, seed):
    """One example's input, weights, and biases if there are any."""
    rng = np.random.default_rng(seed)
    b = {"none": [], "shared": [rng.normal(size=1)], "one a unit": [rng.normal(size=units)]}[bias]
    return [rng.normal(size=inputs), rng.normal(size=(units, inputs)), *b]


def product(xs, factors):
    return prod(float(xs[factor.slot][factor.cell]) for factor in factors)


def cells(array):
    return np.ndindex(array.shape)


@sizes
def test_terms_add_up_to_the_value(inputs, units, bias, seed):
    xs = arrays(inputs, units, bias, seed)
    z = OP.forward(xs[0][None], *xs[1:])[0]
    for i in cells(z):
        terms = OP.terms(i, *(x.shape for x in xs))
        assert sum(product(xs, factors) for factors in terms) == pytest.approx(z[i], rel=1e-12, abs=1e-12)


@sizes
def test_uses_are_the_terms_read_backward(inputs, units, bias, seed):
    xs = arrays(inputs, units, bias, seed)
    shapes = [x.shape for x in xs]
    inverted = Counter()
    for i in range(units):
        for factors in OP.terms((i,), *shapes):
            for factor in factors:
                others = tuple(other for other in factors if other is not factor)
                inverted[factor, (i,), others] += 1
    found = Counter(
        (Factor(slot, cell), use.output, use.others)
        for slot, x in enumerate(xs)
        for cell in cells(x)
        for use in OP.uses(Factor(slot, cell), *shapes)
    )
    assert found == inverted


@sizes
def test_uses_give_every_derivative(inputs, units, bias, seed):
    examples = 3
    rng = np.random.default_rng(seed)
    xs = arrays(inputs, units, bias, seed)
    shapes = [x.shape for x in xs]
    x, dy = rng.normal(size=(examples, inputs)), rng.normal(size=(examples, units))
    batch = [x, *xs[1:]]
    y = OP.forward(*batch)
    for slot, array in enumerate(xs):
        derivative = OP.derivative_of(slot)(dy, y, *batch)
        for cell in cells(array):
            by_example = [
                sum(
                    dy[n][use.output] * product([x[n], *xs[1:]], use.others)
                    for use in OP.uses(Factor(slot, cell), *shapes)
                )
                for n in range(examples)
            ]
            if slot == 0:
                assert by_example == pytest.approx(derivative[(slice(None), *cell)], rel=1e-12, abs=1e-12)
            else:
                assert sum(by_example) == pytest.approx(derivative[cell], rel=1e-12, abs=1e-12)


def test_bias_comes_first_in_reading_order():
    slots = [[factor.slot for factor in term] for term in OP.terms((1,), (2,), (3, 2), (3,))]
    assert slots == [[2], [1, 0], [1, 0]]
