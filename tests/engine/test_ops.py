"""Every op: gradients against central differences, known values, and extreme inputs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.gradcheck import check_op
from nnviz.engine.ops import (
    ACTIVATIONS,
    ELU,
    GELU,
    LOSSES,
    BinaryCrossEntropy,
    GELUTanh,
    LeakyReLU,
    Logistic,
    PReLU,
    ReLU,
    Softmax,
    SoftmaxCrossEntropy,
    Softplus,
    SquaredError,
    Tanh,
    Threshold,
)
from nnviz.engine.ops.contraction import Affine

SIZES = {"examples": st.integers(1, 5), "units": st.integers(1, 6), "seed": st.integers(0, 2**32 - 1)}
few = settings(max_examples=12)


def away_from_zero(rng, shape):
    """Weighted sums with no kink of an activation function within the ε of a central difference."""
    return rng.uniform(0.05, 3.0, shape) * rng.choice([-1.0, 1.0], shape)


def assert_gradients(op, *inputs):
    checks = check_op(op, *inputs)
    assert checks
    for check in checks:
        assert check.agrees(1e-6, 1e-8), check


@pytest.mark.parametrize("name", ACTIVATIONS)
@few
@given(**SIZES)
def test_gradient_of_activation(name, examples, units, seed):
    x = away_from_zero(np.random.default_rng(seed), (examples, units))
    assert_gradients(ACTIVATIONS[name](), x)


@pytest.mark.parametrize(
    "op", [ReLU(0.5), LeakyReLU(0.2), ELU(0.3), Threshold(0.01)], ids=lambda op: op.symbol
)
def test_gradient_of_activation_with_settings(op):
    assert_gradients(op, away_from_zero(np.random.default_rng(5), (4, 3)))


class OfWeightedSums(SoftmaxCrossEntropy):
    """The cross-entropy as a function of z alone, as it is differentiated."""

    def forward(self, z, a, t, *, out=None):
        return super().forward(z, Softmax().forward(z), t)


@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("name", LOSSES)
@few
@given(**SIZES)
def test_gradient_of_loss(name, mean, examples, units, seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(examples, units))
    t = rng.uniform(0.0, 1.0, (examples, units))
    if name == "cross_entropy":
        assert_gradients(OfWeightedSums(mean), z, Softmax().forward(z), t)
    else:
        assert_gradients(LOSSES[name](mean=mean), rng.uniform(0.05, 0.95, z.shape), t)


@few
@given(maps=st.booleans(), **SIZES)
def test_gradient_of_a_learned_slope(maps, examples, units, seed):
    """∂E/∂z and ∂E/∂λ; a map has one λ for all of its cells."""
    rng = np.random.default_rng(seed)
    z = away_from_zero(rng, (examples, units, 3, 2) if maps else (examples, units))
    assert_gradients(PReLU(), z, rng.uniform(-0.5, 1.0, units))


@pytest.mark.parametrize("biases", [0, 1, None], ids=["none", "shared", "one a unit"])
@few
@given(inputs=st.integers(1, 5), **SIZES)
def test_gradient_of_weighted_sum(biases, inputs, examples, units, seed):
    rng = np.random.default_rng(seed)
    given_inputs = [rng.normal(size=(examples, inputs)), rng.normal(size=(units, inputs))]
    if biases != 0:
        given_inputs.append(rng.normal(size=units if biases is None else 1))
    assert_gradients(Affine(), *given_inputs)


def test_the_check_finds_a_wrong_gradient():
    class Wrong(Tanh):
        def derivative(self, y, x, out=None):
            return 1.0 - y

    (check,) = check_op(Wrong(), np.array([[0.5, -0.25]]))
    assert not check.agrees()
    assert check.scope == "x" and check.relative > 0.1
    assert check.difference == pytest.approx(
        np.cos(check.cell[1]) * (1 - np.tanh([0.5, -0.25][check.cell[1]]) ** 2)
    )


@pytest.mark.parametrize(
    ("op", "inputs", "value"),
    [
        (ACTIVATIONS["identity"](), [[[-2.0, 3.0]]], [[-2.0, 3.0]]),
        (Logistic(), [[[0.0, np.log(3.0), -np.log(3.0)]]], [[0.5, 0.75, 0.25]]),
        (Tanh(), [[[0.0, np.log(2.0)]]], [[0.0, 0.6]]),
        (ReLU(), [[[-1.0, 0.0, 2.5]]], [[0.0, 0.0, 2.5]]),
        (LeakyReLU(), [[[-1.0, 0.0, 2.5]]], [[-0.01, 0.0, 2.5]]),
        (PReLU(), [[[-1.0, 0.0, 2.5]]], [[-0.25, 0.0, 2.5]]),
        (PReLU(), [[[-1.0, -2.0, 2.5]], [0.5, -1.0, 0.25]], [[-0.5, 2.0, 2.5]]),
        (Softplus(), [[[0.0, np.log(3.0), -800.0, 800.0]]], [[np.log(2.0), np.log(4.0), 0.0, 800.0]]),
        (ELU(), [[[-np.log(2.0), 0.0, 2.5, -800.0]]], [[-0.5, 0.0, 2.5, -1.0]]),
        (ELU(2.0), [[[-np.log(4.0), 0.5]]], [[-1.5, 0.5]]),
        (
            GELU(),
            [[[0.0, 1.0, -1.0, 40.0, -40.0]]],
            [[0.0, 0.8413447460685429, -0.1586552539314571, 40.0, 0.0]],
        ),
        (GELUTanh(), [[[0.0, 1.0, -1.0, 30.0, -30.0]]], [[0.0, 0.841191991, -0.158808009, 30.0, 0.0]]),
        (Threshold(), [[[-0.1, 0.0, 2.5]]], [[0.0, 1.0, 1.0]]),
        (Threshold(1.5), [[[1.4, 1.5]]], [[0.0, 1.0]]),
        (Softmax(), [[[1.5, -0.9, 0.6]]], [[0.667874356, 0.060588195, 0.27153745]]),
        (Affine(), [[[2.0, 3.0]], [[10.0, 100.0]], [0.5]], [[320.5]]),
        (Affine(), [[[2.0]], [[1.0], [2.0]], [0.5]], [[2.5, 4.5]]),
        (Affine(), [[[2.0, 3.0]], [[10.0, 100.0]]], [[320.0]]),
        (SquaredError(), [[[1.0, 2.0], [3.0, 4.0]], [[0.0, 2.0], [1.0, 4.0]]], 2.5),
        (SquaredError(half=False), [[[1.0, 2.0], [3.0, 4.0]], [[0.0, 2.0], [1.0, 4.0]]], 5.0),
        (SquaredError(mean=True), [[[1.0, 2.0], [3.0, 4.0]], [[0.0, 2.0], [1.0, 4.0]]], 1.25),
        (BinaryCrossEntropy(), [[[0.5, 0.25]], [[1.0, 0.0]]], np.log(2.0) - np.log(0.75)),
        (BinaryCrossEntropy(), [[[1.0, 0.0]], [[1.0, 0.0]]], 0.0),
        (SoftmaxCrossEntropy(), [[[0.0, np.log(3.0)]], [[0.25, 0.75]], [[0.0, 1.0]]], -np.log(0.75)),
    ],
)
def test_known_values(op, inputs, value):
    assert op.forward(*map(np.array, inputs)) == pytest.approx(np.array(value), abs=5e-10)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("size", [1e2, 1e4, 1e300])
def test_extreme_sums_have_finite_activations_and_slopes(name, size):
    op, x = ACTIVATIONS[name](), np.array([[-size, 0.0, size]])
    y = op.forward(x)
    assert np.isfinite(y).all()
    assert np.isfinite(op.derivative_of(0)(np.ones_like(x), y, x)).all()


@pytest.mark.parametrize("size", [1e2, 1e4])
def test_cross_entropy_stays_finite_where_softmax_underflows(size):
    z, t = np.array([[-size, 0.0, size]]), np.array([[1.0, 0.0, 0.0]])
    a = Softmax().forward(z)
    loss = SoftmaxCrossEntropy()
    assert loss.forward(z, a, t) == pytest.approx(2 * size)
    assert loss.derivative_of(0)(1.0, None, z, a, t) == pytest.approx(np.array([[-1.0, 0.0, 1.0]]))


def test_softmax_is_a_distribution_and_ignores_a_common_shift():
    z = np.random.default_rng(1).normal(size=(5, 4))
    y = Softmax().forward(z)
    assert y.sum(axis=1) == pytest.approx(np.ones(5))
    assert Softmax().forward(z + 1000.0) == pytest.approx(y)


@pytest.mark.parametrize("apart", [0.0, 30.0, 100.0, 600.0, 1e4])
def test_an_example_of_a_batch_is_as_it_is_alone(apart):
    """Softmax and cross-entropy, with examples whose weighted sums are of very different size."""
    z = np.random.default_rng(2).normal(size=(3, 4)) * 100.0
    z[1] -= apart
    z[2, 0] -= apart
    a, t = Softmax().forward(z), np.eye(4)[[0, 1, 0]]
    alone = [Softmax().forward(row[None]) for row in z]
    assert a == pytest.approx(np.concatenate(alone), rel=1e-13, abs=1e-300)
    losses = [
        SoftmaxCrossEntropy().forward(row[None], one, target[None])
        for row, one, target in zip(z, alone, t, strict=True)
    ]
    assert SoftmaxCrossEntropy().forward(z, a, t) == pytest.approx(sum(losses), rel=1e-13)
    terms = SoftmaxCrossEntropy().cell_terms(z, a, t)
    assert SoftmaxCrossEntropy().forward(z, a, t) == pytest.approx(terms.sum(), rel=1e-12)


def test_softmax_of_what_overflowed_is_no_number_for_that_example_alone():
    a = Softmax().forward(np.array([[0.0, 1.0], [np.nan, 1.0]]))
    assert np.isfinite(a[0]).all() and np.isnan(a[1]).all()


@pytest.mark.parametrize("agreed", [0.0, 0.5, 1.0])
def test_slope_of_relu_at_zero_is_what_was_agreed(agreed):
    x = np.array([[-1.0, -0.0, 0.0, 1.0]])
    op = ReLU(agreed) if agreed else ReLU()
    assert op.derivative(op.forward(x), x).tolist() == [[0.0, agreed, agreed, 1.0]]


@pytest.mark.parametrize("op", [ACTIVATIONS[name]() for name in ACTIVATIONS], ids=ACTIVATIONS.keys())
def test_ops_leave_their_inputs_alone(op):
    x = np.random.default_rng(0).normal(size=(3, 2))
    x.flags.writeable = False
    y = op.forward(x)
    y.flags.writeable = False
    op.derivative_of(0)(np.ones_like(x), y, x)


@pytest.mark.parametrize("name", [*ACTIVATIONS, *LOSSES])
def test_every_op_says_what_it_is(name):
    op = {**ACTIVATIONS, **LOSSES}[name]()
    assert op.symbol and "=" in op.formula and op.arguments


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("name", LOSSES)
def test_the_formula_of_a_loss_says_whether_it_is_a_mean(name, mean):
    assert ("1/N" in LOSSES[name](mean=mean).formula) == mean
