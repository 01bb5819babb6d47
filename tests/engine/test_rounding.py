"""0.1 + 0.2 − 0.3 is 0, wherever something is decided by it and wherever it is read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from nnviz.engine.graph import DenseLayer
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.measures import Measure, accuracy, best
from nnviz.engine.ops import ELU, Identity, LeakyReLU, PReLU, ReLU, SquaredError, Tanh, Threshold
from nnviz.engine.ops.base import Contraction
from nnviz.engine.ops.contraction import Affine
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.losses import PerceptronLoss
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.ops.recurrence import GateSum, InputSum, MemorySum
from nnviz.engine.ops.rounding import first_largest, is_below, is_level, summed
from nnviz.engine.ops.stepwise import LastAffine, StepwiseAffine
from nnviz.engine.optimizers import AdaGrad, Adam, RMSProp
from nnviz.engine.penalty import Penalty
from nnviz.engine.recurrent_layers import gru, lstm, simple_recurrent
from nnviz.engine.ref import Part, Ref
from nnviz.engine.run import Record, drain, iterate
from nnviz.engine.timeline import Settings, Timeline
from nnviz.engine.training import state_of
from tests.engine.step_networks import build_step_network

X = np.array([[1.0, 1.0, 1.0]])
CANCELS = [0.1, 0.2, -0.3]  # 5.6e−17 where it is added up from the left
BELOW = [-0.1, -0.2, 0.3]
KINKS = {
    "relu": (ReLU(), 0.0),
    "relu, slope at 0": (ReLU(0.5), 0.5),
    "leaky relu": (LeakyReLU(0.1), 0.1),
    "prelu": (PReLU(0.25), 0.25),
    "elu": (ELU(0.5), 0.5),
    "threshold": (Threshold(), 0.0),
}


def dense(op):
    builder = GraphBuilder()
    x, t = builder.given("x", (3,)), builder.given("t", (1,))
    layer = builder.dense(x, 1, op, "out", "Output", bias=False)
    return builder.graph(x, t, builder.loss(SquaredError(), layer, t)), X


def convolution(op):
    builder = GraphBuilder()
    x, t = builder.given("x", (1, 1, 3)), builder.given("t", (1,))
    maps = builder.convolution(x, 1, (1, 3), op, "conv", "Conv", bias=False)
    layer = builder.dense(maps.a, 1, Identity(), "out", "Output", bias=False, train_weights=False)
    return builder.graph(x, t, builder.loss(SquaredError(), layer, t)), X.reshape(1, 1, 1, 3)


def at_the_end(op):
    builder = GraphBuilder()
    x, t = builder.given("x", (1, 3)), builder.given("t", (1,))
    layer = builder.dense(x, 1, op, "out", "Output", bias=False, every_step=False)
    return builder.graph(x, t, builder.loss(SquaredError(), layer, t)), X.reshape(1, 1, 3)


def stepwise(op):
    builder = GraphBuilder()
    x, t = builder.given("x", (1, 3)), builder.given("t", (1, 1))
    layer = builder.dense(x, 1, op, "out", "Output", bias=False)
    return builder.graph(x, t, builder.loss(SquaredError(), layer, t)), X.reshape(1, 1, 3)


def recurrent(op):
    builder = GraphBuilder()
    x, t = builder.given("x", (1, 3)), builder.given("t", (1, 1))
    layer = simple_recurrent(builder, x, 1, op, "cell", "Cell")
    out = builder.dense(layer.a, 1, Identity(), "out", "Output", bias=False, train_weights=False)
    return builder.graph(x, t, builder.loss(SquaredError(), out, t)), X.reshape(1, 1, 3)


BIASES = ("b", "b_h")
LAYERS = {f.__name__: f for f in (dense, convolution, stepwise, at_the_end, recurrent)}


def run_of(graph, x, weights, **plan):
    parameters = np.zeros(graph.parameter_size)
    for node in graph.parameters:
        name = node.scope.rpartition("/")[2]
        number = 0.0 if name in BIASES else {"lambda": 0.25, "w_h": 0.5}.get(name, 1.0)
        values = weights if node.shape[-1] == 3 and name not in BIASES else number
        parameters[graph.slices[node.index]] = np.broadcast_to(values, node.shape).ravel()
    targets = np.ones((1, *graph.target.shape))
    given = {node.scope: np.zeros((1, *node.shape)) for node in graph.given}
    return Timeline(graph, parameters, Settings(x, targets, 0.1, given), **plan)


def cases():
    for layer in LAYERS:
        for kink in KINKS:
            if layer in ("recurrent", "stepwise") and kink == "prelu":  # which learns no slope there
                continue
            for weights in (CANCELS, BELOW, CANCELS[::-1]):
                yield pytest.param(layer, kink, weights, id=f"{layer}, {kink}, {weights}")


@pytest.mark.parametrize(("layer", "kink", "weights"), list(cases()))
def test_a_sum_that_cancels_has_the_slope_at_0(layer, kink, weights):
    op, slope = KINKS[kink]
    graph, x = LAYERS[layer](op)
    timeline = run_of(graph, x, weights)
    record = timeline.record(0)
    z = next(node for node in graph.nodes if isinstance(node.op, Contraction))
    value, a = record.cells[z.index].item(), record.cells[graph.readers[z.index][0].index].item()
    assert value == 0.0
    assert a == (1.0 if kink == "threshold" else 0.0)
    delta = record.cells[timeline.program.gradient(z)]
    assert delta is None or delta.item() == pytest.approx(slope * (a - 1.0), abs=0)


@pytest.mark.parametrize("layer", LAYERS)
def test_training_and_stepping_round_the_same(layer):
    graph, x = LAYERS[layer](ReLU(0.5))
    timeline = run_of(graph, x, CANCELS)
    timeline.extend(4)
    row = timeline.state(0).parameters
    for k in range(4):
        record = Record(timeline.program, state_of(timeline.program, k, row, 0.1), timeline.record(k).batch)
        drain(iterate(record))
        assert record.loss == timeline.loss(k)
        row = record.cells[timeline.program.flat_new].copy()
        if graph.trainable_size == graph.parameter_size:
            assert row.tobytes() == timeline.state(k + 1).parameters.tobytes()
        else:
            break


OPS = [
    (Affine(), [(2, 4), (3, 4), (3,)]),
    (Affine(), [(2, 4), (3, 4), (1,)]),
    (Affine(), [(2, 1, 2, 2), (3, 4)]),
    (AveragePool((2, 2), (1, 1)), [(2, 2, 3, 4)]),
    (Convolution((1, 2), (1, 0)), [(2, 2, 3, 4), (2, 2, 2, 2), (2,)]),
    (Convolution(flipped=True), [(2, 1, 3, 3), (2, 1, 2, 2)]),
    (StepwiseAffine(), [(2, 3, 4), (2, 4), (2,)]),
    (LastAffine(), [(2, 3, 4), (2, 4), (1,)]),
    (GateSum(2, 2), [(2, 3, 4), (2, 3, 2), (6, 4), (6, 2), (6,)]),
    (GateSum(2, 2), [(2, 3, 4), (2, 3, 2), (6, 4), (6, 2)]),
    (MemorySum(2, 2), [(2, 3, 2), (6, 2), (2,)]),
    (InputSum(2, 2), [(2, 3, 4), (6, 4), (2, 3, 2), (6,)]),
]


@pytest.mark.parametrize(("op", "shapes"), OPS, ids=[f"{type(o).__name__} {s}" for o, s in OPS])
def test_the_terms_of_cells_add_up_to_them(op, shapes):
    rng = np.random.default_rng(3)
    xs = [rng.normal(size=shape) for shape in shapes]
    y = op.forward(*xs)
    cells = np.nonzero(y)
    np.testing.assert_allclose(op.terms_at(cells, *xs).sum(axis=1), y[cells], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("going", [None, np.array([[1.0, 1.0], [1.0, 0.0]])], ids=["alike", "of own length"])
@pytest.mark.parametrize("bias", [(), (np.array([-0.3]),)], ids=["no bias", "bias"])
def test_a_sum_at_the_end_is_settled_where_sequences_may_differ(going, bias):
    op = LastAffine(has_ends=True, has_bias=bool(bias))
    x = np.array([[[5.0, 5.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]])
    xs = (x, np.array([[0.1, 0.2] if bias else [0.1, -0.1 * (1 + 1e-16)]]), *bias, going)
    z = op.forward(*xs)
    op.settle(z, *xs)
    assert z.ravel().tolist() == [0.0, 0.0]


def test_what_is_small_but_no_rounding_stays():
    op, x = Affine(), np.array([[1.0, 1.0]])
    for small, is_kept in ((1e-9, True), (1e-13, True), (1e-14, True), (1e-15, False)):
        w = np.array([[1.0, -1.0 + small]])
        z = op.forward(x, w)
        op.settle(z, x, w)
        assert (z.item() != 0.0) == is_kept, small
    z = op.forward(x * 1e-30, w)
    w = np.array([[1.0, 2.0]])
    z = op.forward(x * 1e-30, w)
    op.settle(z, x * 1e-30, w)
    assert z.item() == pytest.approx(3e-30)


@pytest.mark.parametrize("size", [(2, 2), (1, 3)])
def test_of_equal_cells_the_first_wins(size):
    op = MaxPool(size, size)
    for window in ([0.3, 0.1 + 0.2, 0.0, 0.0], [-0.3, -(0.1 + 0.2), -0.3, -1.0], [0.0, 0.0, 0.0, -0.0]):
        x = np.array(window[: np.prod(size)]).reshape(1, 1, *size)
        y = op.forward(x)
        back = op.d_x(np.ones_like(y), y, x).ravel()
        assert back.tolist() == [1.0] + [0.0] * (len(back) - 1)
        slopes = [op.slope((0, 0, 0), (0, *cell), x[0]) for cell in np.ndindex(size)]
        assert slopes == back.tolist()


def test_a_sum_is_rounded_before_it_is_pooled():
    builder = GraphBuilder()
    x, t = builder.given("x", (1, 1, 6)), builder.given("t", (1,))
    maps = builder.convolution(x, 1, (1, 3), Tanh(), "conv", "Conv", stride=(1, 3), bias=False)
    pooled = builder.pooling(maps.a, MaxPool((1, 2)), "pool", "Pool")
    layer = builder.dense(pooled.a, 1, Identity(), "out", "Output", bias=False)
    graph = builder.graph(x, t, builder.loss(SquaredError(), layer, t))
    images = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]).reshape(1, 1, 1, 6)
    record = run_of(graph, images, CANCELS).record(0)
    assert record.cells[graph["conv/z"].index].ravel().tolist() == [0.0, 0.0]
    assert record.cells[record.program.gradient(graph["conv/a"])].ravel().tolist() == [-1.0, 0.0]


def test_the_perceptron_counts_the_border_as_a_mistake():
    builder = GraphBuilder()
    x, t = builder.given("x", (3,)), builder.given("t", (1,))
    layer = builder.dense(x, 1, Identity(), "out", "Output", bias=False)
    graph = builder.graph(x, t, builder.loss(PerceptronLoss(), layer, t))
    record = run_of(graph, X, CANCELS).record(0)
    assert record.cells[record.program.gradient(graph["out/a"])].item() == -1.0


@pytest.mark.parametrize(
    ("z", "theta", "fires"), [(0.1 + 0.7, 0.8, 1.0), (0.7999, 0.8, 0.0), (-0.3, -0.3, 1.0)]
)
def test_a_threshold_is_reached_where_the_hand_reaches_it(z, theta, fires):
    assert Threshold(theta).forward(np.array([[z]])).item() == fires


def test_classes_that_tie_are_told_by_the_first():
    rows = np.array([[0.3, 0.1 + 0.2, 0.0], [0.1 + 0.2, 0.3, 0.0], [0.0, 0.3, 0.1 + 0.2]])
    assert first_largest(rows).tolist() == [0, 0, 1]
    assert accuracy(rows, np.eye(3)[[0, 0, 1]], "classes") == 1.0
    assert accuracy(np.array([[0.1 + 0.4 + 1e-16]]), np.array([[1.0]]), "binary") == 0.0  # undecided


def test_a_sum_that_is_nothing_but_rounding_is_0():
    for terms, expected in (
        ((0.1, 0.2, -0.3), 0.0),
        ((1.0, -1.0 + 1e-9), 1e-9),
        ((), 0.0),
        ((1e-20, 1e-20), 2e-20),
    ):
        assert summed(terms) == pytest.approx(expected, rel=1e-6, abs=0)


def test_early_stopping_keeps_the_last_of_equals():
    losses = [0.5, 0.3, 0.1 + 0.2, 0.31]
    found = best([Measure(k, loss, None) for k, loss in enumerate(losses)])
    assert found is not None and found.iteration == 2
    assert best([]) is None


def test_a_weight_whose_sign_decides_becomes_0(network):
    net = network(
        (1, 1),
        "identity",
        bias="none",
        parameters=np.array([0.3]),
        data=(np.array([[0.0]]), np.array([[0.0]])),
        learning_rate=3.0,
        plan={"penalty": Penalty(l1=0.1)},
    )
    net.timeline.extend(3)
    assert [net.timeline.state(k).parameters.item() for k in range(4)] == [0.3, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("a", "b"), [(0.1 + 0.2, 0.3), (0.0, -0.0), (1e300, 1e300 * (1 + 1e-15)), (np.inf, np.inf)]
)
def test_what_differs_by_rounding_is_not_below(a, b):
    assert not is_below(a, b) and not is_below(b, a)
    assert np.isinf(a) or is_level(a, b)
    assert is_below(a, np.inf) or np.isinf(a)


# What is read


READ = {
    "z and a": ("tanh", CANCELS, X, 0.5, [Ref("output/z", cell=(0,)), Ref("output/a", cell=(0,))]),
    "identity": ("identity", CANCELS, X, 0.5, [Ref("output/z", cell=(0,)), Ref("output/a", cell=(0,))]),
    "an error that is none": (
        "identity",
        [0.1, 0.2, 0.0],
        X,
        0.3,
        [
            Ref("output/a", Part.GRADIENT, (0,)),
            Ref("output/z", Part.DELTA, (0,)),
            Ref("output/a", Part.ERROR, (0,)),
            Ref("output/w", Part.GRADIENT, (0, 1)),
            Ref("loss"),
        ],
    ),
    "a gradient that cancels": (
        "identity",
        [0.0, 0.0, 0.0],
        np.array([[1.0, 0.1, 0.0], [1.0, 1.1, 0.0], [1.0, -1.2, 0.0]]),
        1.0,
        [Ref("output/w", Part.GRADIENT, (0, 1))],
    ),
}


@pytest.mark.parametrize(("phi", "weights", "x", "t", "refs"), READ.values(), ids=READ.keys())
def test_a_cell_that_the_hand_finds_0_is_read_as_0(network, phi, weights, x, t, refs):
    data = (x, np.full((len(x), 1), t))
    net = network((3, 1), phi, bias="none", parameters=np.array(weights), data=data)
    end = net.end()
    assert [end.value(ref) for ref in refs] == [0.0] * len(refs)
    cells = [np.abs(cell).ravel() for cell in net.timeline.record(0).cells if isinstance(cell, np.ndarray)]
    found = np.concatenate(cells)
    assert ((found > 0.0) & (found < 1e-15)).any()  # not in the record: nothing there depends on it


# Sums that a kink reads by way of other layers


def through_dense(op):
    builder = GraphBuilder()
    x, t = builder.given("x", (3,)), builder.given("t", (1,))
    layer = builder.dense(x, 1, op, "first", "First", bias=False)
    layer = builder.dense(layer.a, 1, ReLU(), "kink", "Kink", bias=False)
    layer = builder.dense(layer.a, 1, Identity(), "out", "Output", bias=False)
    return builder.graph(x, t, builder.loss(SquaredError(), layer, t)), X


def through_maps(op):
    builder = GraphBuilder()
    x, t = builder.given("x", (1, 1, 3)), builder.given("t", (1,))
    maps = builder.convolution(x, 1, (1, 3), op, "first", "First", bias=False)
    maps = builder.convolution(maps.a, 1, (1, 1), ReLU(), "kink", "Kink", bias=False)
    layer = builder.dense(maps.a, 1, Identity(), "out", "Output", bias=False)
    return builder.graph(x, t, builder.loss(SquaredError(), layer, t)), X.reshape(1, 1, 1, 3)


def through_a_mean(op):
    """The cells that a mean is taken of cancel, not the terms of a cell."""
    builder = GraphBuilder()
    x, t = builder.given("x", (1, 2, 2)), builder.given("t", (1,))
    maps = builder.convolution(x, 1, (1, 1), op, "cells", "Cells", bias=False, train_weights=False)
    pooled = builder.pooling(maps.a, AveragePool((2, 2)), "first", "First")
    maps = builder.convolution(pooled.a, 1, (1, 1), ReLU(), "kink", "Kink", bias=False)
    layer = builder.dense(maps.a, 1, Identity(), "out", "Output", bias=False)
    return builder.graph(x, t, builder.loss(SquaredError(), layer, t)), np.array(
        [[[[0.1, 0.2], [-0.3, 0.0]]]]
    )


def through_states(op):
    builder = GraphBuilder()
    x, t = builder.given("x", (2, 3)), builder.given("t", (2, 1))
    layer = simple_recurrent(builder, x, 1, op, "first", "First")
    layer = simple_recurrent(builder, layer.a, 1, ReLU(), "kink", "Kink")
    out = builder.dense(layer.a, 1, Identity(), "out", "Output", bias=False)
    return builder.graph(x, t, builder.loss(SquaredError(), out, t)), np.ones((1, 2, 3))


def from_states_to_dense(op):
    builder = GraphBuilder()
    x, t = builder.given("x", (2, 3)), builder.given("t", (2, 1))
    layer = simple_recurrent(builder, x, 1, op, "first", "First")
    out = builder.dense(layer.a, 1, ReLU(), "kink", "Kink", bias=False)
    return builder.graph(x, t, builder.loss(SquaredError(), out, t)), np.ones((1, 2, 3))


def from_cells_to_dense(make):
    def made(op):
        builder = GraphBuilder()
        x, t = builder.given("x", (2, 3)), builder.given("t", (2, 1))
        layer = make(builder, x, 1, "first", "First")
        out = builder.dense(layer.a, 1, ReLU(), "kink", "Kink", bias=False)
        return builder.graph(x, t, builder.loss(SquaredError(), out, t)), np.ones((1, 2, 3))

    return made


WAYS = {f.__name__: f for f in (through_dense, through_maps, through_states, from_states_to_dense)}
WAYS |= {"through_a_mean": through_a_mean}
CELLS = {"lstm": from_cells_to_dense(lstm), "gru": from_cells_to_dense(gru)}


@pytest.mark.parametrize("op", [Identity(), Tanh()], ids=["identity", "tanh"])
@pytest.mark.parametrize("way", WAYS)
def test_rounding_does_not_pass_through_layers_to_a_kink(way, op):
    graph, x = WAYS[way](Identity() if way == "through_a_mean" else op)
    timeline = run_of(graph, x, CANCELS)
    record = timeline.record(0)
    kink = next(layer for layer in graph.layers if layer.title == "Kink")
    zero = [graph["first/p" if way == "through_a_mean" else "first/z"], graph["kink/z"], kink.a]
    assert [np.abs(record.cells[node.index]).max() for node in zero] == [0.0] * 3
    for scope in ("kink/z", "kink/w_x" if "kink/w_x" in graph else "kink/w"):
        gradient = record.cells[timeline.program.gradient(graph[scope])]
        assert np.abs(gradient).max() == 0.0
        assert np.abs(record.rounded.gradient(graph[scope])).max() == 0.0


@pytest.mark.parametrize("cell", CELLS)
def test_the_sums_of_gates_are_rounded_in_front_of_a_kink(cell):
    graph, x = CELLS[cell](None)
    timeline = run_of(graph, x, CANCELS)
    record = timeline.record(0)
    sums = [node for node in graph.nodes if isinstance(node.op, Contraction) and "first/" in node.scope]
    first = [record.cells[node.index][0, 0] for node in sums]
    assert first and all(np.abs(one).max() == 0.0 for one in first)


@pytest.mark.parametrize("way", WAYS | CELLS)
def test_layers_in_front_of_a_kink_train_as_they_are_stepped(way):
    graph, x = (WAYS | CELLS)[way](Identity())
    timeline = run_of(graph, x, CANCELS)
    timeline.extend(4)
    for k in range(4):
        row = timeline.state(k).parameters
        record = Record(timeline.program, state_of(timeline.program, k, row, 0.1), timeline.record(k).batch)
        drain(iterate(record))
        assert record.loss == timeline.loss(k)


def test_only_sums_that_something_depends_on_are_rounded_in_training():
    """What has no kink trains at full speed."""
    for op, is_rounded in ((Tanh(), False), (ReLU(), True)):
        graph, _ = dense(op)
        z = next(layer for layer in graph.layers if isinstance(layer, DenseLayer)).z
        assert graph.leads_to_a_kink(z) == is_rounded


@pytest.mark.parametrize("cell", ["simple", "lstm", "gru"])
def test_a_small_error_that_comes_back_through_time_is_read_whole(cell):
    timeline, _ = build_step_network((cell,))
    outputs = timeline.record(0).cells[timeline.graph.output.a.index]
    inputs, parameters = timeline.settings(0).inputs, timeline.state(0).parameters
    near = Timeline(timeline.graph, parameters, Settings(inputs, outputs + 1e-10, 0.2, {}))
    record = near.record(0)
    for node in near.graph.nodes:
        found = record.cells[record.program.gradient(node)]
        if found is not None:
            assert record.rounded.gradient(node) == pytest.approx(found, rel=1e-9, abs=1e-22), node.scope


DIVIDING = {
    "adagrad": AdaGrad(),
    "rmsprop": RMSProp(),
    "adam": Adam(),
    "adam, no ε": Adam(epsilon=1e-300),
}
TARGETS = np.array([0.1, 0.2, -0.3])  # as errors they cancel


def cancelling(layer):
    """Three examples whose errors add up to nothing, for every weight."""
    graph, x = LAYERS[layer](Identity())
    return graph, np.repeat(x, 3, axis=0), TARGETS.reshape((3,) + (1,) * len(graph.target.shape))


def on_target():
    """An output of 0.1 + 0.2 whose target is 0.3."""
    graph, x = dense(Identity())
    return graph, x, np.array([[0.3]])


def error_that_cancels():
    """One neuron read by three outputs whose errors, handed back along equal weights, add up to nothing."""
    builder = GraphBuilder()
    x, t = builder.given("x", (1,)), builder.given("t", (3,))
    hidden = builder.dense(x, 1, Identity(), "hidden", "Hidden", bias=False)
    out = builder.dense(hidden.a, 3, Identity(), "out", "Output", bias=False, train_weights=False)
    return builder.graph(x, t, builder.loss(SquaredError(), out, t)), np.ones((1, 1)), TARGETS.reshape(1, 3)


STILL = {name: partial(cancelling, name) for name in LAYERS} | {
    "on target": on_target,
    "error": error_that_cancels,
}


@pytest.mark.parametrize("optimizer", DIVIDING)
@pytest.mark.parametrize("case", STILL)
def test_no_optimizer_makes_a_step_of_rounding(case, optimizer):
    """Divided by its own length, a gradient of 5.6e−17 would be as good as any other."""
    graph, x, t = STILL[case]()
    parameters = np.zeros(graph.parameter_size)
    for node in graph.parameters:
        number = 0.0 if node.is_trainable else 1.0
        values = [0.1, 0.2, 0.0] if case == "on target" else number
        parameters[graph.slices[node.index]] = np.broadcast_to(values, node.shape).ravel()
    given = {node.scope: np.zeros((len(x), *node.shape)) for node in graph.given}
    timeline = Timeline(graph, parameters, Settings(x, t, 0.1, given), optimizer=DIVIDING[optimizer])
    timeline.extend(3)
    learned = slice(0, graph.trainable_size)
    for k in range(4):
        assert timeline.state(k).parameters[learned].tolist() == parameters[learned].tolist()
    record = timeline.record(2)
    for node in graph.parameters:
        if node.is_trainable:
            assert not record.cells[timeline.program.gradient(node)].any()
            assert not record.trace(node)[Part.SECOND].any()


@pytest.mark.parametrize(
    ("layer", "late"), [*((layer, False) for layer in LAYERS), ("dense", True), ("convolution", True)]
)
def test_a_gradient_that_cancels_is_read_as_0(layer, late):
    graph, x, t = cancelling(layer)
    graph = replace(graph, late_weights=late)
    given = {node.scope: np.zeros((len(x), *node.shape)) for node in graph.given}
    frozen = np.ones(graph.parameter_size - graph.trainable_size)
    timeline = Timeline(graph, np.append(np.zeros(graph.trainable_size), frozen), Settings(x, t, 0.1, given))
    record = timeline.record(0)
    for node in graph.parameters:
        if node.is_trainable:
            assert not record.rounded.gradient(node).any(), node.scope


@pytest.mark.parametrize("factor", [1e-9, 1e-14, 1e-30])
def test_an_optimizer_takes_a_small_gradient_for_what_it_is(factor):
    graph, x, t = cancelling("dense")
    t = factor * np.abs(t)
    timeline = Timeline(
        graph, np.zeros(graph.parameter_size), Settings(x, t, 0.1, {}), optimizer=RMSProp(1e-300)
    )
    timeline.extend(1)
    assert timeline.state(1).parameters == pytest.approx(np.full(3, 0.1 / np.sqrt(0.1)))
