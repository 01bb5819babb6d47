"""The perceptron, and training on misclassified examples only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.explain import explain
from nnviz.engine.gradcheck import check_gradients, check_op
from nnviz.engine.graph import GraphError
from nnviz.engine.ops import LOSSES, BinaryCrossEntropy, PerceptronLoss, SoftmaxCrossEntropy, SquaredError
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.ref import Part, Ref
from nnviz.engine.typeset import line

few = settings(max_examples=15)


def perceptron_rule(w, b, xs, ts, epochs):
    """The algorithm of the textbook: w ← w + t·x, b ← b + t where t·(w·x + b) ≤ 0."""
    for _ in range(epochs):
        for x, t in zip(xs, ts, strict=True):
            if t * (w @ x + b) <= 0:
                w, b = w + t * x, b + t
            yield w, b


@few
@given(seed=st.integers(0, 2**32 - 1), inputs=st.integers(1, 4), examples=st.integers(1, 6))
def test_gradient_descent_online_is_the_rule_of_the_perceptron(network, seed, inputs, examples):
    """With α = 1 and from weights of 0, bit for bit."""
    rng = np.random.default_rng(seed)
    xs, ts = rng.integers(-8, 9, (examples, inputs)) / 4.0, rng.choice([-1.0, 1.0], (examples, 1))
    net = network(
        widths=(inputs, 1),
        activations="identity",
        loss="perceptron",
        batch_size=1,
        learning_rate=1.0,
        parameters=np.zeros(inputs + 1),
        data=(xs, ts),
    )
    for iteration, (w, b) in enumerate(perceptron_rule(np.zeros(inputs), 0.0, xs, ts[:, 0], 3), 1):
        if not net.timeline.ensure(iteration):
            break
        assert net.timeline.state(iteration).parameters.tolist() == [b, *w]


def test_the_perceptron_learns_and_and_fails_at_xor(network):
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    for targets, learns in (([-1.0, -1.0, -1.0, 1.0], True), ([-1.0, 1.0, 1.0, -1.0], False)):
        t = np.array(targets)[:, None]
        net = network(
            widths=(2, 1),
            activations="identity",
            loss="perceptron",
            batch_size=1,
            learning_rate=1.0,
            parameters=np.zeros(3),
            data=(corners, t),
        )
        net.timeline.ensure(200)
        b, *w = net.timeline.state(200).parameters
        assert bool((t[:, 0] * (corners @ w + b) > 0).all()) == learns


def test_the_border_counts_as_a_mistake():
    op, t = PerceptronLoss(), np.array([[1.0], [-1.0], [1.0], [-1.0]])
    a = np.array([[0.0], [0.0], [2.0], [3.0]])
    assert op.forward(a, t) == 3.0
    assert op.d_a(1.0, 3.0, a, t).tolist() == [[-1.0], [1.0], [0.0], [1.0]]
    assert op.is_right(a, t).tolist() == [False, False, True, False]


def classified(name, rng, examples, units):
    """Outputs and targets of a classifier, no output near the border of its class."""
    a = rng.permuted(np.linspace(0.05, 0.95, 2 * units), axis=0)[None, :units]
    a = np.concatenate([rng.permuted(a, axis=1) for _ in range(examples)])
    if name == "perceptron":
        return a * rng.choice([-1.0, 1.0], a.shape), rng.choice([-1.0, 1.0], a.shape)
    if units == 1:
        return a, rng.integers(0, 2, a.shape).astype(float)
    return a, np.eye(units)[rng.integers(0, units, examples)]


@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("name", LOSSES)
@few
@given(seed=st.integers(0, 2**32 - 1), examples=st.integers(1, 6), units=st.integers(1, 4))
def test_right_examples_add_nothing_and_the_others_what_they_always_add(name, mean, seed, examples, units):
    rng = np.random.default_rng(seed)
    a, t = classified(name, rng, examples, units)
    xs = (a, t)
    if name == "cross_entropy":
        z = np.log(a)
        xs = (z, Softmax().forward(z), t)
    every, some = LOSSES[name](mean=mean), LOSSES[name](mean=mean, only_mistakes=True)
    right = some.is_right(*xs[-2:])
    terms = every.cell_terms(*xs)
    terms[right] = 0.0
    assert np.array_equal(some.cell_terms(*xs), terms)
    assert some.forward(*xs) == pytest.approx(terms.sum() / (examples if mean else 1), rel=1e-14)
    wanted = every.derivative_of(0)(1.0, None, *xs)
    wanted[right] = 0.0
    assert np.array_equal(some.derivative_of(0)(1.0, None, *xs), wanted)
    if name != "cross_entropy":  # it is differentiated through a, which is a function of z
        assert all(check.agrees(1e-6, 1e-7) for check in check_op(every, *xs))


@pytest.mark.parametrize(
    ("op", "a", "t", "right"),
    [
        (SquaredError(), [[0.6], [0.4], [0.5]], [[1.0], [1.0], [0.0]], [True, False, False]),
        (BinaryCrossEntropy(), [[0.6], [0.4]], [[0.0], [0.0]], [False, True]),
        (SoftmaxCrossEntropy(), [[0.2, 0.3, 0.5]] * 2, [[0, 0, 1], [0, 1, 0]], [True, False]),
        (PerceptronLoss(), [[1.0, -2.0], [1.0, -2.0]], [[1, -1], [1, 1]], [True, False]),
    ],
)
def test_who_is_right(op, a, t, right):
    assert op.is_right(np.array(a), np.array(t, dtype=float)).tolist() == right


@pytest.fixture
def half_right(network):
    """One logistic unit that says 0.6225 to both of its examples; the first is right."""
    return network(
        widths=(1, 1),
        parameters=np.array([0.5, 0.0]),
        only_mistakes=True,
        data=(np.array([[1.0], [2.0]]), np.array([[1.0], [0.0]])),
    )


def test_an_example_that_is_right_says_that_it_does_not_count(half_right):
    end = half_right.end(example=0)
    gradient, delta = Ref("output/a", Part.GRADIENT, (0,)), Ref("output/z", Part.DELTA, (0,))
    for ref in (Ref("loss", Part.TERM), gradient, delta):
        explanation = explain(end, ref)
        assert end.value(ref) == 0
        assert "d1 is classified right and does not count" in explanation.narration
    assert line(explain(end, gradient).equations[0], 4) == "∂E/∂a₂ = 0.0000"


@pytest.mark.parametrize("example", [0, 1])
def test_the_loss_names_its_mistakes(half_right, example):
    end = half_right.end(example=example)
    explanation = explain(end, Ref("loss"))
    assert explanation.narration == "Only mistakes count: 1 of 2 examples is classified wrong."
    assert line(explanation.equations[0], 4) == "E = ½ × Σ (t₂ᵈ − a₂ᵈ)² = ½ × (0 + (0 − 0.6225)²) ≈ 0.1937"


@pytest.mark.parametrize("loss", ["squared_error", "binary_cross_entropy"])
def test_gradients_of_a_network_that_trains_on_mistakes(network, loss):
    rng = np.random.default_rng(4)
    data = (rng.uniform(-1.0, 1.0, (8, 2)), rng.integers(0, 2, (8, 1)).astype(float))
    net = network(widths=(2, 3, 1), loss=loss, only_mistakes=True, data=data)
    right = net.graph.loss.op.is_right(net.end().array("output/a").array, data[1])
    assert 0 < right.sum() < 8
    checks = check_gradients(net.timeline, net.timeline.state(0).parameters, net.batch)
    assert all(check.agrees(1e-6, 1e-8) for check in checks)


def test_a_perceptron_needs_a_linear_unit(network):
    with pytest.raises(GraphError, match="perceptron needs an output layer with activation identity"):
        network(widths=(2, 1), loss="perceptron")
