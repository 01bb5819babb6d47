"""The steps of a graph: their order, what they read and write, and nodes that are used more than once."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from nnviz.engine.gradcheck import check_gradients
from nnviz.engine.graph import GraphError
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.ops import Identity, Logistic, Softmax, SoftmaxCrossEntropy, SquaredError, Tanh
from nnviz.engine.ops.base import Op, Parameter
from nnviz.engine.ops.contraction import Affine
from nnviz.engine.optimizers import GradientDescent
from nnviz.engine.program import Phase, Program
from nnviz.engine.run import Batch, Record, State, drain, iterate


class Plus(Op):
    """y = p + q, for graphs in which a value takes two ways."""

    arguments = ("p", "q")

    def forward(self, p, q, out=None):
        return p + q

    def d_p(self, dy, y, p, q, out=None):
        return dy

    def d_q(self, dy, y, p, q, out=None):
        return dy


def steps_of(program):
    """Every step as (phase, scope of what it is about)."""
    nodes = program.graph.nodes
    return [(step.phase, nodes[step.node].scope if step.node >= 0 else "all") for step in program.steps]


def test_order_of_an_iteration(network):
    steps = steps_of(network(widths=(2, 2, 1)).timeline.program)
    assert steps == [
        (Phase.FORWARD, "hidden1/z"),
        (Phase.FORWARD, "hidden1/a"),
        (Phase.FORWARD, "output/z"),
        (Phase.FORWARD, "output/a"),
        (Phase.LOSS, "loss"),
        (Phase.BACKWARD, "output/a"),
        (Phase.BACKWARD, "output/z"),
        (Phase.BACKWARD, "hidden1/a"),
        (Phase.BACKWARD, "hidden1/z"),
        (Phase.BACKWARD, "output/w"),
        (Phase.BACKWARD, "output/b"),
        (Phase.BACKWARD, "hidden1/w"),
        (Phase.BACKWARD, "hidden1/b"),
        (Phase.UPDATE, "all"),
    ]


def test_late_weights_are_updated_before_the_error_is_handed_on(network):
    steps = steps_of(network(widths=(2, 2, 1), late=True).timeline.program)
    assert steps[5:] == [
        (Phase.BACKWARD, "output/a"),
        (Phase.BACKWARD, "output/z"),
        (Phase.BACKWARD, "output/w"),
        (Phase.BACKWARD, "output/b"),
        (Phase.UPDATE, "output/w"),
        (Phase.UPDATE, "output/b"),
        (Phase.BACKWARD, "hidden1/a"),
        (Phase.BACKWARD, "hidden1/z"),
        (Phase.BACKWARD, "hidden1/w"),
        (Phase.BACKWARD, "hidden1/b"),
        (Phase.UPDATE, "hidden1/w"),
        (Phase.UPDATE, "hidden1/b"),
        (Phase.UPDATE, "all"),
    ]


def test_every_cell_is_assigned_once_and_read_only_after_that(variant):
    program = variant.timeline.program
    graph = program.graph
    written = {program.seed, program.learning_rate, program.learning, graph.data.index}
    written |= {program.flat_gradient}  # the gradients of all parameters, which are its parts
    written |= {program.kept, program.update_count, *(node.index for node in (*graph.masks, *graph.given))}
    written |= {node.index for node in graph.parameters}
    if graph.target is not None:
        written.add(graph.target.index)
    for step in program.steps:
        assert set(step.reads) <= written, step
        assert step.writes not in written, step
        written.add(step.writes)


def test_phases_follow_each_other(network):
    order = [Phase.FORWARD, Phase.LOSS, Phase.BACKWARD, Phase.UPDATE]
    phases = [order.index(step.phase) for step in network().timeline.program.steps]
    assert all(a <= b for a, b in pairwise(phases))


def test_what_nobody_needs_is_not_computed(network):
    everything = network(widths=(2, 2, 1))
    assert not any(scope == "x" for _, scope in steps_of(everything.timeline.program)[5:])
    first_frozen = network(widths=(2, 2, 1), frozen=("hidden1/w", "hidden1/b"))
    backward = [scope for phase, scope in steps_of(first_frozen.timeline.program) if phase is Phase.BACKWARD]
    assert backward == ["output/a", "output/z", "output/w", "output/b"]
    forward_only = network(loss=None).timeline.program
    assert {step.phase for step in forward_only.steps} == {Phase.FORWARD}
    nothing_learns = network(widths=(2, 1), frozen=("output/w", "output/b")).timeline.program
    assert {step.phase for step in nothing_learns.steps} == {Phase.FORWARD, Phase.LOSS}


def test_late_weights_against_arithmetic_written_by_hand(network):
    net = network(widths=(2, 3, 1), late=True, learning_rate=0.7)
    end = net.end()
    x, t = net.batch.inputs, net.batch.targets
    w1, b1, w2, b2 = (end.array(f"{scope}/{role}").array for scope in ("hidden1", "output") for role in "wb")
    a1 = 1 / (1 + np.exp(-(x @ w1.T + b1)))
    a2 = 1 / (1 + np.exp(-(a1 @ w2.T + b2)))
    delta2 = (a2 - t) * a2 * (1 - a2)
    new_w2 = w2 - 0.7 * delta2.T @ a1
    delta1 = (delta2 @ new_w2) * a1 * (1 - a1)
    new_w1 = w1 - 0.7 * delta1.T @ x
    assert end.array("output/w", "new").array == pytest.approx(new_w2, rel=1e-12)
    assert end.array("hidden1/z", "delta").array == pytest.approx(delta1, rel=1e-12)
    assert end.array("hidden1/w", "new").array == pytest.approx(new_w1, rel=1e-12)
    early = network(widths=(2, 3, 1), learning_rate=0.7).end()
    assert not np.allclose(early.array("hidden1/z", "delta").array, delta1, rtol=1e-3)


# Nodes that are used more than once


def two_ways():
    """x → h, and h goes into the output both through tanh and past it; the loss reads only their sum."""
    builder = GraphBuilder()
    x, t = builder.given("x", (2,)), builder.given("t", (3,))
    hidden = builder.dense(x, 3, Logistic(), "hidden", "Hidden")
    squashed = builder.add("squashed/a", Tanh(), hidden.a)
    doubled = builder.add("doubled/a", Plus(), squashed, hidden.a)
    both = builder.add("both/a", Plus(), doubled, doubled)
    loss = builder.add("loss", SquaredError(), both, t)
    return builder.graph(x, t, loss), hidden


def weight_used_twice():
    """One weight matrix in two layers, as a recurrent network uses it at every time step."""
    builder = GraphBuilder()
    x, t = builder.given("x", (2,)), builder.given("t", (2,))
    w = builder.add("tied/w", Parameter((2, 2)))
    z1 = builder.add("first/z", Affine(), x, w)
    a1 = builder.add("first/a", Tanh(), z1)
    z2 = builder.add("second/z", Affine(), a1, w)
    a2 = builder.add("second/a", Tanh(), z2)
    loss = builder.add("loss", SquaredError(), a2, t)
    return builder, x, t, loss, w


def run(graph, seed=0):
    """One drained iteration with random numbers."""
    rng = np.random.default_rng(seed)
    batch = Batch(
        range(4), rng.normal(size=(4, *graph.inputs.shape)), rng.normal(size=(4, *graph.target.shape))
    )
    parameters = rng.normal(size=graph.parameter_size)
    record = Record(Program(graph, GradientDescent()), State(parameters, 0.1), batch)
    drain(iterate(record))
    return record


def test_a_node_used_twice_gets_the_sum_of_its_contributions():
    graph, hidden = two_ways()
    record = run(graph)
    program, cells = record.program, record.cells
    places = [
        place for place in program.contributions if graph.nodes[place[0]].inputs[place[1]] == hidden.a.index
    ]
    assert len(places) == 2
    parts = [cells[program.contributions[place]] for place in places]
    assert cells[program.gradient(hidden.a)] == pytest.approx(parts[0] + parts[1], rel=1e-15)
    direct = cells[program.gradient(graph["doubled/a"])]
    a = cells[hidden.a.index]
    assert cells[program.gradient(hidden.a)] == pytest.approx(direct * (1 + 1 - np.tanh(a) ** 2), rel=1e-12)
    accumulated = [graph.nodes[s.node].scope for s in program.steps if s.phase is Phase.ACCUMULATE]
    assert accumulated == ["doubled/a", "hidden/a"]


@pytest.mark.parametrize("seed", range(3))
def test_gradients_over_several_ways_pass_the_check(seed):
    record = run(two_ways()[0], seed)
    for check in check_gradients(record.program.graph, record.state.parameters, record.batch):
        assert check.agrees(), check


def test_a_weight_used_twice_gets_one_contribution_a_use():
    builder, x, t, loss, w = weight_used_twice()
    graph = builder.graph(x, t, loss)
    record = run(graph)
    program = record.program
    assert [graph.nodes[consumer].scope for consumer, _ in program.contributions] == ["second/z", "first/z"]
    (check,) = check_gradients(graph, record.state.parameters, record.batch)
    assert check.agrees(), check
    new = record.state.parameters - 0.1 * record.cells[program.gradient(w)].ravel()
    assert record.new_value(w).ravel() == pytest.approx(new, rel=1e-15)


def test_late_weights_refuse_a_weight_that_is_used_twice():
    builder, x, t, loss, _ = weight_used_twice()
    with pytest.raises(GraphError, match="tied/w: late weights"):
        Program(builder.graph(x, t, loss, late_weights=True), GradientDescent())


# Graphs that cannot be


def test_a_name_can_be_taken_only_once():
    builder = GraphBuilder()
    builder.given("x", (2,))
    with pytest.raises(GraphError, match="x: there is a node of this name"):
        builder.given("x", (2,))


def test_a_node_reads_only_what_comes_before_it():
    builder, elsewhere = GraphBuilder(), GraphBuilder()
    builder.given("x", (2,))
    other = elsewhere.add("y", Identity(), elsewhere.given("x", (2,)))
    with pytest.raises(GraphError, match="z: reads y, which does not come before it"):
        builder.add("z", Identity(), other)


def test_a_loss_must_fit_its_output():
    builder = GraphBuilder()
    x, t = builder.given("x", (2,)), builder.given("t", (1,))
    softmax = builder.dense(x, 3, Softmax(), "output", "Output")
    with pytest.raises(GraphError, match="3 units, and the target 1 column"):
        builder.loss(SquaredError(), softmax, t)
    logistic = builder.dense(x, 1, Logistic(), "other", "Other")
    with pytest.raises(GraphError, match="softmax"):
        builder.loss(SoftmaxCrossEntropy(), logistic, t)


def test_a_dense_layer_reads_maps_one_after_the_other():
    builder = GraphBuilder()
    layer = builder.dense(builder.given("x", (2, 3, 4)), 5, Logistic(), "output", "Output")
    assert layer.w.shape == (5, 24)


@pytest.mark.parametrize(
    ("size", "stride", "padding", "message"),
    [
        ((5, 2), (1, 1), (0, 0), "c: found a filter of 5 × 2, wanted at most 4 × 3: x is 4 × 3"),
        ((7, 2), (1, 1), (1, 0), "found a filter of 7 × 2, wanted at most 6 × 3: x is 4 × 3, 6 × 3 with its"),
        ((2, 2), (0, 1), (0, 0), "c: found stride 0 × 1, wanted 1 or more"),
        ((2, 2), (1, 1), (0, -1), "c: found padding 0 × -1, wanted 0 or more"),
        ((0, 2), (1, 1), (0, 0), "c: found filter 0 × 2, wanted 1 or more"),
    ],
)
def test_a_filter_must_fit(size, stride, padding, message):
    builder = GraphBuilder()
    x = builder.given("x", (1, 4, 3))
    with pytest.raises(GraphError, match=re.escape(message)):
        builder.convolution(x, 2, size, Logistic(), "c", "C", stride=stride, padding=padding)


def test_maps_need_rows_and_columns():
    builder = GraphBuilder()
    with pytest.raises(GraphError, match="c: found 7 units in x, wanted maps of rows and columns"):
        builder.convolution(builder.given("x", (7,)), 1, (1, 1), Logistic(), "c", "C")


def test_a_loss_does_not_look_at_maps():
    builder = GraphBuilder()
    layer = builder.convolution(builder.given("x", (1, 2, 2)), 1, (2, 2), Logistic(), "c", "C")
    with pytest.raises(GraphError, match="loss: C hands on maps, wanted a dense layer"):
        builder.loss(SquaredError(), layer, builder.given("t", (1,)))


def test_check_needs_something_that_learns(network):
    net = network(loss=None)
    with pytest.raises(ValueError, match="without a loss"):
        check_gradients(net.graph, net.timeline.state(0).parameters, net.batch)


def test_gradients_of_every_variant_pass_the_check(variant):
    if not variant.graph.trains:
        pytest.skip("nothing learns")
    checks = check_gradients(variant.timeline, variant.timeline.state(0).parameters, variant.batch)
    assert {check.scope for check in checks} == {n.scope for n in variant.graph.parameters if n.is_trainable}
    for check in checks:
        assert check.agrees(), check
