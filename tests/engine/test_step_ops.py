"""The ops of sequences: derivatives against central differences, and sums against their index maps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.census import census
from nnviz.engine.gradcheck import check_op
from nnviz.engine.graph import GraphError
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.ops import LOSSES, Softmax, Tanh
from nnviz.engine.ops.base import Factor
from nnviz.engine.ops.gating import Added, Hadamard, Held, Mixed, Thinned
from nnviz.engine.ops.recurrence import GateSum, InputSum, MemorySum
from nnviz.engine.ops.step_losses import GivenErrors, StepLosses, TotalLoss
from nnviz.engine.ops.stepwise import LastAffine, StepwiseAffine
from nnviz.engine.recurrent_layers import Options, given_errors, lstm, simple_recurrent
from tests.engine.step_networks import step_graph

few = st.integers(1, 3)
SUMS = ("gate", "memory", "input", "every step", "last step")


@st.composite
def sums(draw):
    """An op and the shapes of its inputs for one example."""
    kind, bias = draw(st.sampled_from(SUMS)), draw(st.booleans())
    steps, inputs, units, before = draw(few), draw(few), draw(few), draw(st.integers(0, 2))
    rows, first = (before + 1) * units, before * units
    x, h = (steps, inputs), (steps, units)
    if kind == "gate":
        return GateSum(first, units), [x, h, (rows, inputs), (rows, units), *[(rows,)][:bias]]
    if kind == "memory":
        return MemorySum(first, units), [h, (rows, units), *[(units,)][:bias]]
    if kind == "input":
        return InputSum(first, units), [x, (rows, inputs), h, *[(rows,)][:bias]]
    op = StepwiseAffine() if kind == "every step" else LastAffine()
    return op, [x, (units, inputs), *[(draw(st.sampled_from([1, units])),)][:bias]]


def arrays(op, shapes, seed, examples):
    """Inputs: what belongs to an example has it as the first axis, what is a parameter has not."""
    rng = np.random.default_rng(seed)
    of_example = [name in ("x", "h", "more") for name in op.arguments]
    return [
        rng.normal(size=(examples, *shape) if is_data else shape)
        for shape, is_data in zip(shapes, of_example, strict=False)
    ]


@given(case=sums(), seed=st.integers(0, 99), examples=few)
def test_derivatives_of_sums(case, seed, examples):
    op, shapes = case
    for check in check_op(op, *arrays(op, shapes, seed, examples)):
        assert check.agrees(), check


@given(case=sums(), seed=st.integers(0, 99))
def test_terms_and_uses_of_sums(case, seed):
    op, shapes = case
    xs = arrays(op, shapes, seed, 1)
    plain = [x[0] if len(x.shape) > len(shape) else x for x, shape in zip(xs, shapes, strict=True)]
    y = op.forward(*xs)[0]
    assert y.shape == op.output_shape(*shapes)
    found = {}
    for output in np.ndindex(y.shape):
        terms = list(op.terms(output, *shapes))
        assert len(terms) == op.term_count(*shapes)
        total = sum(np.prod([plain[f.slot][f.cell] for f in factors]) for factors in terms)
        assert total == pytest.approx(y[output], rel=1e-12, abs=1e-12)
        for factors in terms:
            for factor in factors:
                found.setdefault(factor, []).append((output, tuple(f for f in factors if f is not factor)))
    for slot, shape in enumerate(shapes):
        counts = op.use_counts(slot, *shapes)
        for cell in np.ndindex(shape):
            uses = [tuple(use) for use in op.uses(Factor(slot, cell), *shapes)]
            assert sorted(uses) == sorted(found.get(Factor(slot, cell), []))
            assert len(uses) == counts[cell]


@pytest.mark.parametrize(
    "op, count", [(Hadamard(), 2), (Added(), 2), (Mixed(), 3)], ids=["product", "sum", "mix"]
)
def test_derivatives_of_products_and_sums(op, count):
    xs = np.random.default_rng(0).normal(size=(count, 2, 3, 2))
    checks = check_op(op, *xs)
    assert len(checks) == count and all(check.agrees() for check in checks)


def test_held_states_and_thinned_units():
    rng = np.random.default_rng(0)
    going = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    checks = check_op(Held(), rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3, 2)), going)
    assert [check.scope for check in checks] == ["new", "before"] and all(c.agrees() for c in checks)
    mask = np.array([[1.0, 0.0], [1.0, 1.0]])
    x = rng.normal(size=(2, 3, 2))
    assert all(check.agrees() for check in check_op(Thinned(0.5), x, mask))
    assert (Thinned(0.5).forward(x, mask)[0, :, 1] == 0).all()
    assert Thinned(0.5).forward(x) is x


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("name", LOSSES)
def test_losses_of_steps(name, ends):
    rng = np.random.default_rng(3)
    z = rng.normal(size=(2, 3, 2))
    a = Softmax().forward(z) if name == "cross_entropy" else rng.uniform(0.1, 0.9, z.shape)
    t = np.eye(2)[rng.integers(0, 2, (2, 3))]
    op = StepLosses(LOSSES[name](), ends)
    going = [np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]])][: int(ends)]
    inputs = [z, a, t] if name == "cross_entropy" else [a, t]
    each = op.forward(*inputs, *going)
    assert each.shape == (2, 3)
    whole = LOSSES[name]()
    for n, s in np.ndindex(2, 3):
        one = whole.forward(*(x[n : n + 1, s] for x in inputs))
        assert each[n, s] == pytest.approx(one if not ends or going[0][n, s] else 0.0, abs=1e-12)
    total = TotalLoss(LOSSES[name](mean=True))
    assert total.forward(each) == pytest.approx(each.sum() / 2)
    dy = rng.normal(size=(2, 3))
    gradient = op.derivative_of(0)(dy, each, *inputs, *going)
    for n, s in np.ndindex(2, 3):
        first = whole.derivative_of(0)(1.0, None, *(x[n : n + 1, s] for x in inputs))[0]
        counted = dy[n, s] * (going[0][n, s] if ends else 1.0)
        assert gradient[n, s] == pytest.approx(first * counted, abs=1e-12)


def test_given_errors_are_handed_on_as_they_are():
    t = np.arange(6.0).reshape(1, 3, 2)
    assert (GivenErrors().d_a(1.0, 0.0, np.ones((1, 3, 2)), t) == t).all()


def builder(steps=3, inputs=2):
    made = GraphBuilder()
    return made, made.given("x", (steps, inputs))


def test_what_a_recurrent_layer_cannot_be_built_from():
    made = GraphBuilder()
    vector = made.given("x", (2,))
    with pytest.raises(GraphError, match="found no sequence in x"):
        simple_recurrent(made, vector, 2, Tanh(), "rnn", "RNN")
    made, x = builder()
    with pytest.raises(GraphError, match="found 0 units"):
        lstm(made, x, 0, "lstm", "LSTM")
    with pytest.raises(GraphError, match="found softmax, wanted a function of one number"):
        simple_recurrent(made, x, 2, Softmax(), "rnn", "RNN")
    with pytest.raises(GraphError, match="found a probability of 0"):
        simple_recurrent(made, x, 2, Tanh(), "rnn", "RNN", Options(keep=0.0))


def test_given_errors_need_a_recurrent_layer_of_their_shape():
    made, x = builder()
    layer = lstm(made, x, 2, "lstm", "LSTM")
    with pytest.raises(GraphError, match="found targets of 3 × 1, wanted 3 × 2"):
        given_errors(made, layer, made.given("t", (3, 1)))
    out = made.dense(layer.a, 1, Tanh(), "out", "Output")
    with pytest.raises(GraphError, match="found Output at the end"):
        given_errors(made, out, made.given("t2", (3, 1)))


@pytest.mark.parametrize(
    "cell, rows, extra", [("simple", 1, 0), ("lstm", 4, 0), ("gru", 3, 1)], ids=lambda value: str(value)
)
def test_a_recurrent_layer_is_counted_once_and_used_at_every_step(cell, rows, extra):
    graph = step_graph((cell,), steps=5, inputs=3, units=4)
    layer, output = census(graph)
    weights = rows * 4 * (1 + 4 + 3) + extra * 4
    assert layer.count.units == 5 * 4
    assert (layer.count.parameters, layer.count.connections) == (weights, 5 * weights)
    assert (output.count.parameters, output.count.connections) == (2 * 5, 5 * 2 * 5)
