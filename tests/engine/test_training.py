"""Full speed changes nothing: neither a number, nor what has been handed out before."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.optimizers import Adam, Momentum
from nnviz.engine.run import Record, drain, iterate
from nnviz.engine.timeline import Edit, Timeline
from nnviz.engine.training import Training, state_of
from nnviz.engine.unrolled.base import Unrolled
from tests.engine.step_networks import CELLS, build_step_network

ITERATIONS = 7


def anew(timeline, **options):
    """The same run from its start, with nothing computed yet."""
    start = timeline.state(0)
    return Timeline(
        timeline.graph,
        start.parameters,
        timeline.settings(0),
        batch_size=timeline.batch_size,
        optimizer=timeline.optimizer,
        penalty=timeline.penalty,
        schedule=timeline.schedule,
        order=timeline.order,
        seed=timeline.seed,
        carry=timeline.carried.size > 0,
        clip=timeline.program.clip,
        **options,
    )


def numbers(record):
    """Every cell of a record, to the bit."""
    return [bits(cell) for cell in record.cells]


def bits(cell):
    """One cell; that of a recurrent layer holds many arrays."""
    if isinstance(cell, Unrolled):
        return {name: bits(array) for name, array in vars(cell).items()}
    return None if cell is None else np.asarray(cell).tobytes()


def stepped(timeline, count):
    """The rows of numbers that a run goes through, every step on its own and every record in fresh memory."""
    rows = [row_of(timeline.state(0))]
    timeline.ensure(count)
    for k in range(count):
        state = state_of(timeline.program, k, rows[-1], timeline.learning_rate(k))
        record = Record(timeline.program, state, timeline.record(k).batch)
        with np.errstate(all="ignore"):
            drain(iterate(record))
        rows.append(row_after(record, timeline.carried))
    return rows


def row_after(record, carried):
    """The parameters after an update, frozen ones with them, what is remembered, and states that go on."""
    new = np.atleast_2d(record.cells[record.program.flat_new])
    frozen = record.state.parameters[record.program.graph.trainable_size :]
    last = np.empty(len(record.state.carried))
    carried.write(record.cells, last)
    return np.concatenate([new[0], frozen, new[1:].ravel(), last])


def row_of(state):
    return np.concatenate([state.parameters, state.kept.ravel(), state.carried.ravel()])


@pytest.mark.parametrize("budget", [1, 2**28], ids=["tiny", "large"])
def test_a_run_is_what_its_steps_lead_to(variant, budget):
    if not variant.graph.trains:
        pytest.skip("nothing learns")
    timeline = anew(variant.timeline, budget=budget)
    wanted = stepped(timeline, ITERATIONS)
    fast = anew(variant.timeline, budget=budget)
    fast.extend(ITERATIONS)
    for k, row in enumerate(wanted):
        assert row_of(fast.state(k)).tobytes() == row.tobytes(), k


def test_one_after_the_other_is_all_at_once(variant):
    if not variant.graph.trains:
        pytest.skip("nothing learns")
    one, all_at_once = anew(variant.timeline), anew(variant.timeline)
    for k in range(ITERATIONS):
        one.record(k)
        one.extend(1)
    all_at_once.extend(ITERATIONS)
    for k in range(ITERATIONS + 1):
        assert numbers(one.record(k)) == numbers(all_at_once.record(k))
    assert one.losses_until(ITERATIONS) == all_at_once.losses_until(ITERATIONS)


def test_what_is_handed_out_is_never_overwritten(variant):
    if not variant.graph.trains:
        pytest.skip("nothing learns")
    timeline = anew(variant.timeline)
    timeline.extend(3)
    handed_out = [timeline.record(k) for k in range(4)]
    states = [timeline.state(k) for k in range(4)]
    before = [numbers(record) for record in handed_out], [row_of(state).tobytes() for state in states]
    timeline.extend(ITERATIONS)
    timeline.record(ITERATIONS)
    after = [numbers(record) for record in handed_out], [row_of(state).tobytes() for state in states]
    assert after == before


@pytest.mark.parametrize("optimizer", [None, Momentum(), Adam()], ids=["plain", "momentum", "adam"])
@pytest.mark.parametrize("frozen", [(), ("hidden1/w", "output/b")], ids=["all learn", "frozen"])
def test_a_branch_goes_on_by_itself(network, optimizer, frozen):
    """Both runs go on in turn, with the last batch of an epoch smaller than the others."""
    options = {"examples": 5, "batch_size": 2, "frozen": frozen, "plan": {"optimizer": optimizer}}
    old, alone = network(**options).timeline, network(**options).timeline
    old.extend(4)
    branch = old.edited(Edit(4, ()))
    for _ in range(5):
        old.extend(1)
        branch.extend(2)
    alone.extend(14)
    for k in range(14):
        assert row_of(branch.state(k)).tobytes() == row_of(alone.state(k)).tobytes()
        if k < old.length:
            assert row_of(old.state(k)).tobytes() == row_of(alone.state(k)).tobytes()


@pytest.mark.parametrize("cell", CELLS)
def test_all_steps_of_time_use_the_same_memory(cell):
    options = {"below": True, "ends": True, "keep": 0.5}
    timeline, _ = build_step_network((cell, cell), **options)
    training = Training(timeline.program, 0, np.array(timeline.state(0).parameters))
    batch, places = timeline.record(0).batch, []
    for _ in range(3):
        training.run(batch, 0.1)
        unrolled = [c for c in training._records[2].cells if isinstance(c, Unrolled)]
        arrays = [vars(one)[name] for one in unrolled for name in ("sums", "h")]
        places.append([array.__array_interface__["data"] for array in arrays])
        training.go_on()
    assert len(unrolled) == 4 and places[0] == places[1] == places[2]


def test_all_iterations_use_the_same_memory(network):
    timeline = network(widths=(3, 4, 2), activations="tanh", mean=True).timeline
    row = np.array(timeline.state(0).parameters)
    training, batch = Training(timeline.program, 0, row), timeline.record(0).batch
    places = []
    for _ in range(4):
        training.run(batch, 0.1)
        record = training._records[len(batch.examples)]
        places.append([id(cell) for cell in record.cells if isinstance(cell, np.ndarray) and cell.ndim == 2])
        training.go_on()
    assert places[0] == places[2] and places[1] == places[3]
    computed = [record.cells[step.writes] for step in timeline.program.steps]
    arrays = [cell for cell in computed if isinstance(cell, np.ndarray)]
    assert all(any(np.shares_memory(a, m) for m in record.memory if m is not None) for a in arrays)
    assert row.tobytes() == timeline.state(0).parameters.tobytes(), "what it starts from stays"
