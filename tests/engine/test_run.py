"""Training against a loop written by hand, with nothing of the engine in it."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.run import Record, backward, complete, drain, forward, iterate, update
from nnviz.engine.straight_line import source


def logistic(z):
    return 1.0 / (1.0 + np.exp(-z))


def by_hand(
    weights, biases, inputs, targets, batches, *, half=True, mean=False, learning_rate=0.2, frozen=()
):
    """Plain backpropagation over batches (slices of rows); the losses, and all weights afterwards."""
    weights, biases, losses = [w.copy() for w in weights], [b.copy() for b in biases], []
    for rows in batches:
        x, t = inputs[rows], targets[rows]
        activations = [x]
        for w, b in zip(weights, biases, strict=True):
            activations.append(logistic(activations[-1] @ w.T + b))
        error = activations[-1] - t
        scale = (0.5 if half else 1.0) / (len(x) if mean else 1.0)
        losses.append(scale * np.sum(error**2))
        delta = 2 * scale * error * activations[-1] * (1 - activations[-1])
        for i in reversed(range(len(weights))):
            a = activations[i]
            gradient_w, gradient_b = delta.T @ a, delta.sum(axis=0)
            delta = (delta @ weights[i]) * a * (1 - a)
            if f"w{i}" not in frozen:
                weights[i] = weights[i] - learning_rate * gradient_w
            if f"b{i}" not in frozen:
                biases[i] = biases[i] - learning_rate * gradient_b
    return losses, weights, biases


def parameters_of(net, iteration):
    """Weights and biases by layer, as lists of arrays."""
    moment = net.moment(0, iteration)
    weights = [moment.array(layer.w.scope).array for layer in net.graph.layers]
    return weights, [moment.array(layer.b.scope).array for layer in net.graph.layers]


def assert_same_run(net, batches, **options):
    data = net.timeline.settings(0)
    net.timeline.extend(len(batches))
    losses, weights, biases = by_hand(*parameters_of(net, 0), data.inputs, data.targets, batches, **options)
    assert net.timeline.losses_until(len(batches)) == pytest.approx(losses, rel=1e-11)
    for found, wanted in zip(parameters_of(net, len(batches)), (weights, biases), strict=True):
        for layer, array in zip(found, wanted, strict=True):
            assert layer == pytest.approx(array, rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("half", [True, False], ids=["half", "no half"])
@pytest.mark.parametrize("mean", [True, False], ids=["mean", "sum"])
def test_batch(network, half, mean):
    assert_same_run(network(half=half, mean=mean), [slice(None)] * 20, half=half, mean=mean)


@pytest.mark.parametrize("half", [True, False], ids=["half", "no half"])
@pytest.mark.parametrize("mean", [True, False], ids=["mean", "sum"])
def test_mini_batch_whose_last_is_smaller(network, half, mean):
    net = network(examples=5, batch_size=2, half=half, mean=mean)
    batches = [slice(0, 2), slice(2, 4), slice(4, 5)] * 6
    assert_same_run(net, batches, half=half, mean=mean)
    assert [net.timeline.rows(i) for i in range(4)] == [
        range(0, 2),
        range(2, 4),
        range(4, 5),
        range(0, 2),
    ]
    assert [net.timeline.epoch(i) for i in (0, 2, 3, 17)] == [0, 0, 1, 5]


def test_online(network):
    assert_same_run(network(batch_size=1), [slice(i, i + 1) for i in range(4)] * 5)


def test_power_plant_learns_online(power_plant):
    batches = [slice(i, i + 1) for i in range(4)] * 5
    assert_same_run(power_plant(batch_size=1), batches)


@pytest.mark.parametrize("frozen", ["w0", "w1", "w2", "b0", "b1", "b2"])
def test_frozen_parameters_stay(network, frozen):
    layer = ("hidden1", "hidden2", "output")[int(frozen[1])]
    net = network(frozen=(f"{layer}/{frozen[0]}",))
    assert_same_run(net, [slice(None)] * 10, frozen=(frozen,))
    scope = f"{layer}/{frozen[0]}"
    assert net.moment(0, 10).array(scope).array.tolist() == net.moment(0, 0).array(scope).array.tolist()


def test_all_biases_frozen(network):
    biases = ("hidden1/b", "hidden2/b", "output/b")
    assert_same_run(network(frozen=biases), [slice(None)] * 10, frozen=("b0", "b1", "b2"))


def test_shared_bias_learns_from_all_its_units(network):
    net = network(widths=(2, 3), bias="shared")
    end = net.end()
    delta = end.array("output/z", "delta").array
    assert end.array("output/b", "gradient").array == pytest.approx([delta.sum()], rel=1e-14)


def test_the_sign_of_delta_changes_no_update(network):
    plain, signed = network(), network(delta="negative_gradient")
    for scope in ("hidden1/w", "output/b"):
        assert (
            signed.end().array(scope, "new").array.tolist() == plain.end().array(scope, "new").array.tolist()
        )
    deltas = [net.end().array("hidden1/z", "delta").array for net in (plain, signed)]
    assert (deltas[0] == -deltas[1]).all()


def test_the_passes_one_after_the_other_are_the_whole_iteration(variant):
    timeline = variant.timeline
    whole = Record(timeline.program, timeline.state(0), variant.batch)
    steps = list(iterate(whole))
    parts = Record(timeline.program, timeline.state(0), variant.batch)
    for one_pass in (forward, backward, update):
        drain(one_pass(parts))
    assert steps == list(timeline.program.steps)
    for a, b in zip(whole.cells, parts.cells, strict=True):
        assert np.array_equal(a, b)


def test_an_iteration_written_out_is_its_steps(variant):
    program, state = variant.timeline.program, variant.timeline.state(0)
    stepped, written_out = (Record(program, state, variant.batch) for _ in range(2))
    drain(iterate(stepped))
    complete(written_out)
    for a, b in zip(stepped.cells, written_out.cells, strict=True):
        assert np.array_equal(a, b)
    lines = source(program.steps).splitlines()[3:-1]
    assert [line.partition(" = ")[0].strip() for line in lines] == [
        f"cells[{s.writes}]" for s in program.steps
    ]


def test_a_step_writes_its_cell_and_no_other(network):
    net = network()
    record = Record(net.timeline.program, net.timeline.state(0), net.batch)
    for step in iterate(record):
        assert record.cells[step.writes] is not None
        later = net.timeline.program.steps[net.timeline.program.steps.index(step) + 1 :]
        assert all(record.cells[other.writes] is None for other in later)
