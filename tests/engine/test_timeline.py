"""The run as a whole: going anywhere is the same as running there, edits included."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.history import CHUNK_BYTES
from nnviz.engine.narrate import narrate
from nnviz.engine.outline import Depth
from nnviz.engine.past import is_too_large
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.engine.timeline import Edit, Stop

WEIGHT = Ref("hidden1/w", cell=(2, 1))
TINY = 1  # bytes: hardly any state is kept, so nearly all are replayed
BATCHES = {"batch": None, "online": 1, "mini-batch": 3}
EDITABLE = (
    WEIGHT,
    Ref("output/b", cell=(0,)),
    Ref("x", cell=(1,), example=2),
    Ref("t", cell=(0,), example=3),
    LEARNING_RATE,
)


def states(timeline, count):
    timeline.ensure(count - 1)
    return [timeline.state(k).parameters.tobytes() for k in range(count)]


def cells(timeline, iteration):
    """Every number of an iteration, to the bit."""
    return [np.asarray(c).tobytes() for c in timeline.record(iteration).cells if c is not None]


def run_to(net, edits, iteration):
    """Run without ever looking back, making each edit when the run comes to it."""
    timeline = net.timeline
    for edit in edits:
        timeline.ensure(edit.iteration)
        timeline = timeline.edited(edit)
    timeline.ensure(iteration)
    return timeline


# Seeking


def test_an_iteration_that_is_looked_at_is_not_replayed_again(network, monkeypatch):
    timeline = network(examples=8, budget=TINY).timeline
    timeline.ensure(40)
    data, record = timeline.settings(31).inputs, timeline.record(31)
    monkeypatch.setattr(timeline, "_run", None)
    assert timeline.state(31) is record.state
    answers = timeline.evaluate(31, data).cells[timeline.graph.output.a.index]
    np.testing.assert_array_equal(answers, record.cells[timeline.graph.output.a.index])


@pytest.mark.parametrize("budget", [TINY, 2**28], ids=["tiny", "large"])
@pytest.mark.parametrize("batch_size", BATCHES.values(), ids=BATCHES.keys())
def test_seeking_is_running(network, batch_size, budget):
    options = {"batch_size": batch_size, "examples": 8}
    forward = network(**options).timeline
    wanted = states(forward, 60)
    timeline = network(**options, budget=budget).timeline
    timeline.ensure(59)
    for k in (59, 0, 30, 31, 29, 58, 1, 59):
        assert timeline.state(k).parameters.tobytes() == wanted[k]
        assert cells(timeline, k) == cells(forward, k)


moves = st.lists(
    st.one_of(
        st.tuples(st.just("seek"), st.integers(0, 25)),
        st.tuples(st.just("run"), st.integers(1, 12)),
        st.tuples(
            st.just("edit"),
            st.integers(0, 25),
            st.sampled_from(EDITABLE),
            st.floats(-2, 2).map(lambda v: round(v, 3)),
        ),
        st.tuples(st.just("undo")),
    ),
    max_size=14,
)


@settings(max_examples=40)
@given(moves=moves, batch_size=st.sampled_from(list(BATCHES.values())), budget=st.sampled_from([TINY, 2**28]))
def test_random_moves_with_edits_among_them(network, moves, batch_size, budget):
    options = {"batch_size": batch_size, "budget": budget, "widths": (2, 3, 1)}
    timeline, undone = network(**options).timeline, []
    for move, *arguments in moves:
        if move == "run":
            timeline.extend(arguments[0])
        elif move == "undo" and undone:
            timeline = undone.pop()
        elif move == "edit":
            k, ref, value = arguments
            if timeline.ensure(k):
                undone.append(timeline)
                timeline = timeline.edited(Edit(k, ((ref, value),)))
        elif move == "seek" and timeline.ensure(arguments[0]):
            k = arguments[0]
            # An edit drops the later ones from the log, so what is left can be made on the way there.
            fresh = run_to(network(**options), timeline.edits, k)
            assert timeline.state(k).parameters.tobytes() == fresh.state(k).parameters.tobytes()
            assert cells(timeline, k) == cells(fresh, k)
            assert timeline.losses_until(k)[:k] == fresh.losses_until(k)[:k]


def test_states_cannot_be_written(network):
    timeline = network(budget=TINY).timeline
    timeline.extend(20)
    for k in (0, 7, 20):
        with pytest.raises(ValueError, match="read-only"):
            timeline.state(k).parameters[0] = 1.0
        with pytest.raises(ValueError, match="read-only"):
            timeline.record(k).cells[timeline.graph["output/w"].index][0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        timeline.settings(0).inputs[0, 0] = 1.0


def test_thinning_bounds_memory_and_loses_nothing(network):
    options = {"widths": (4, 5, 1), "learning_rate": 0.01}
    everything, thinned = network(**options).timeline, network(**options, budget=2 * CHUNK_BYTES).timeline
    for timeline in (everything, thinned):
        timeline.extend(2500)
    assert thinned.nbytes < 0.7 * everything.nbytes
    for k in (0, 1, 63, 100, 2499, 2500):
        assert thinned.state(k).parameters.tobytes() == everything.state(k).parameters.tobytes()


@pytest.mark.parametrize("iteration", [-1, 1, 5])
def test_a_state_that_was_not_reached_is_an_error(network, iteration):
    with pytest.raises(IndexError):
        network().timeline.state(iteration)


def test_losses(network):
    timeline = network(batch_size=1).timeline
    timeline.extend(10)
    assert timeline.losses_until(5) == pytest.approx([timeline.record(k).loss for k in range(10)])
    assert timeline.loss(10) == timeline.record(10).loss
    data = timeline.settings(0)
    whole = network().timeline
    assert timeline.data_loss(0) == pytest.approx(whole.loss(0))
    assert len(data.inputs) == 4
    assert network(loss=None).timeline.loss(0) is None


# Edits


def test_an_edit_leaves_the_old_timeline_alone(network):
    net = network()
    old = net.timeline
    before = states(old, 12)
    records = [cells(old, k) for k in range(12)]
    new = old.edited(Edit(5, ((WEIGHT, 0.75), (Ref("x", cell=(0,), example=1), -3.0), (LEARNING_RATE, 0.5))))
    new.extend(20)
    assert states(old, 12) == before
    assert [cells(old, k) for k in range(12)] == records
    assert (old.edits, old.length) == ((), 12)
    assert new.length == 26
    assert new.losses_until(26)[:26] == [new.record(k).loss for k in range(26)]
    assert old.losses_until(12)[:12] == [old.record(k).loss for k in range(12)]
    assert states(new, 5) == before[:5]
    assert [cells(new, k) for k in range(5)] == records[:5]


@pytest.mark.parametrize("ref", EDITABLE, ids=lambda ref: ref.scope)
def test_an_edit_changes_one_number_from_its_iteration_on(network, ref):
    net = network()
    net.timeline.extend(6)
    branch = net.with_timeline(net.timeline.edited(Edit(3, ((ref, 0.625),))))
    assert branch.moment(0, 3).value(ref) == 0.625
    assert branch.moment(0, 2).value(ref) == net.moment(0, 2).value(ref) != 0.625
    unchanged = [other for other in EDITABLE if other != ref]
    assert [branch.moment(0, 3).value(r) for r in unchanged] == [net.moment(0, 3).value(r) for r in unchanged]
    assert branch.timeline.length == 4
    assert branch.timeline.record(3).loss != net.timeline.record(3).loss or ref is LEARNING_RATE
    branch.timeline.extend(1)
    assert branch.timeline.state(4).parameters.tobytes() != net.timeline.state(4).parameters.tobytes()


def test_an_edit_in_the_past_drops_the_future(network):
    timeline = network().timeline
    timeline.extend(10)
    timeline = timeline.edited(Edit(8, ((LEARNING_RATE, 0.9),))).edited(Edit(4, ((WEIGHT, 0.1),)))
    timeline.extend(10)
    assert timeline.settings(9).learning_rate == 0.2
    assert [edit.iteration for edit in timeline.edits] == [4]


@pytest.mark.parametrize(
    ("ref", "value", "message"),
    [
        (WEIGHT, math.nan, "finite"),
        (WEIGHT, math.inf, "finite"),
        (LEARNING_RATE, -math.inf, "finite"),
        (Ref("hidden1/z", cell=(0,), example=0), 1.0, "computed"),
        (WEIGHT.of(Part.NEW), 1.0, "computed"),
        (WEIGHT.of(Part.GRADIENT), 1.0, "computed"),
        (Ref("x", Part.RAW, (0,), 0), 1.0, "computed"),
        (Ref("x", cell=(0,)), 1.0, "no example"),
        (Ref("loss"), 1.0, "computed"),
    ],
)
def test_what_cannot_be_edited_is_refused(network, ref, value, message):
    timeline = network().timeline
    with pytest.raises(ValueError, match=message):
        timeline.edited(Edit(0, ((ref, value),)))


# When a run is over


def test_a_run_stops_at_its_criterion(network):
    timeline = network(widths=(2, 1), activations="identity", examples=2).timeline
    start = timeline.data_loss(0)
    assert timeline.extend(10_000, Stop(start / 10, 5_000))
    last = timeline.length - 1
    assert timeline.data_loss(last) < start / 10 <= timeline.data_loss(last - 1)
    assert timeline.extend(100, Stop(start / 10, 5_000))
    assert timeline.length - 1 == last


def test_a_run_stops_after_so_many_iterations(network):
    timeline = network().timeline
    assert not timeline.extend(10, Stop(None, 25))
    assert timeline.extend(100, Stop(None, 25))
    assert timeline.length - 1 == 25


def test_online_the_criterion_is_looked_at_between_epochs(network):
    timeline = network(batch_size=1, widths=(2, 1)).timeline
    assert timeline.extend(10_000, Stop(timeline.data_loss(0) * 0.8, 10_000))
    assert (timeline.length - 1) % 4 == 0 and timeline.length > 1


def test_what_does_not_train_does_not_run(network):
    timeline = network(loss=None).timeline
    assert timeline.extend(5) and timeline.length == 1
    assert not timeline.ensure(1) and timeline.ensure(0)


@pytest.mark.parametrize("batch_size", BATCHES.values(), ids=BATCHES.keys())
def test_divergence_ends_the_run_and_the_past_can_be_looked_at(network, batch_size):
    net = network(activations="identity", learning_rate=1e6, batch_size=batch_size, examples=8)
    timeline = net.timeline
    assert timeline.extend(1000)
    last = timeline.diverged_at
    assert last == timeline.length - 1 and 0 < last < 1000
    for k in range(timeline.length):
        assert np.isfinite(timeline.state(k).parameters).all()
        for moment in (net.moment(0, k), net.end(k)):
            assert moment.value(Ref("output/w", cell=(0, 0))) is not None
        assert net.end(k).diverged == (k == last)
    assert not timeline.ensure(last + 1)
    assert timeline.extend(10) and timeline.length == last + 1


@pytest.mark.parametrize(
    ("size", "rate", "advice"), [(1e200, 0.1, "no learning rate"), (1.0, 1e200, "smaller learning rate")]
)
def test_what_helps_a_run_that_overflows(network, size, rate, advice):
    data = (np.array([[size, size]]), np.array([[0.5]]))
    net = network((2, 1), "identity", data=data, learning_rate=rate)
    net.timeline.extend(5)
    end = net.end(net.timeline.diverged_at)
    assert advice in narrate(end, Ref("loss"), (), Depth.ITERATION)


def test_an_edit_to_a_number_that_is_too_large(network):
    net = network((2, 1), "identity", data=(np.ones((1, 2)), np.array([[0.5]])))
    net.timeline.extend(5)
    edited = net.timeline.edited(Edit(3, ((Ref("x", cell=(0,), example=0), 1e200),)))
    edited.extend(5)
    assert edited.diverged_at == 3 and is_too_large(edited)


def test_an_edit_saves_a_diverged_run(network):
    net = network(activations="identity", learning_rate=1e6)
    net.timeline.extend(1000)
    saved = net.timeline.edited(Edit(0, ((LEARNING_RATE, 0.01),)))
    saved.extend(1000)
    assert saved.diverged_at is None and saved.length == 1001
    assert saved.data_loss(1000) < saved.data_loss(0)


# The power plant of the notes


def test_power_plant_converges_as_published(power_plant, golden):
    published = golden("power_plant_logistic")["converged"]
    net = power_plant()
    assert net.timeline.extend(20_000, Stop(1e-4, 20_000))
    last = net.timeline.length - 1
    assert last == published["epochs_with_these_weights"]
    assert net.timeline.data_loss(last) < 1e-4 <= net.timeline.data_loss(last - 1)
    prediction = net.end(last).array("output/a").array[:, 0]
    assert prediction == pytest.approx(published["prediction_published"], abs=5e-4)
    assert net.timeline.nbytes <= 8 * 2**20


def test_power_plant_all_examples(power_plant, golden):
    published = golden("power_plant_logistic")
    forward, batch = published["forward_all"], published["batch"]
    end = power_plant().end()
    assert end.array("output/a").array[:, 0] == pytest.approx(forward["prediction"], abs=5e-5)
    assert end.array("output/a", Part.GRADIENT).array[:, 0] == pytest.approx(forward["dE_da8"], abs=5e-5)
    assert end.value(Ref("loss")) == pytest.approx(forward["SSE_half_sum"], abs=5e-5)
    w75 = end.notation.parse("dw[7,5]")
    shares = [end.value(Ref(w75.scope, Part.SHARE, w75.cell, example)) for example in range(4)]
    assert shares == pytest.approx(batch["dE_dw_7_5_per_example"], abs=5e-5)
    assert end.value(w75) == pytest.approx(batch["sum_dE_dw_7_5"], abs=5e-5)
    assert end.value(w75.of(Part.NEW)) == pytest.approx(batch["w_7_5_after_batch_update"], abs=1e-5)


def test_power_plant_example_2(power_plant, golden):
    published = golden("power_plant_logistic")["example_2"]
    net = power_plant()
    end = net.end(example=1)
    for letter, key in (("z", "z"), ("a", "a"), ("slope", "da_dz"), ("delta", "delta")):
        for number, value in published[key].items():
            assert end.value(end.notation.parse(f"{letter}[{number}]")) == pytest.approx(value, abs=1e-4)
    for cell, value in published["dE_dw"].items():
        share = end.notation.parse(f"dw[{cell}]").of(Part.SHARE)
        assert end.value(share) == pytest.approx(value, abs=1e-4)


def test_power_plant_after_one_update(power_plant, golden):
    published = golden("power_plant_logistic")["after_one_batch_update"]
    end = power_plant().end(1)
    assert end.array("output/a").array[:, 0] == pytest.approx(published["prediction"], abs=5e-5)
    assert end.value(Ref("loss")) == pytest.approx(published["SSE_half_sum"], abs=5e-5)


def test_power_plant_with_relu(power_plant, golden):
    published = golden("power_plant_relu")
    net = power_plant("relu")
    end = net.end(example=1)
    forward = published["forward_all"]
    assert end.array("output/a").array[:, 0] == pytest.approx(forward["prediction"], abs=5e-5)
    assert end.value(Ref("loss")) == pytest.approx(forward["SSE_half_sum"], abs=5e-5)
    for letter, key in (("z", "z"), ("slope", "da_dz"), ("delta", "delta")):
        for number, value in published["example_2"][key].items():
            assert end.value(end.notation.parse(f"{letter}[{number}]")) == pytest.approx(value, abs=1e-4)
    assert not end.array("hidden1/a").array[:, 1].any(), "neuron 4 is dead"
    later = net.end(50)
    assert later.array("hidden1/w").array[1].tolist() == end.array("hidden1/w").array[1].tolist()


def test_published_softmax_mini_batch(network, golden):
    """The published logits and a6, given as inputs of an output layer with weight 1 for its own logit."""
    published = golden("softmax_cross_entropy")["mini_batch"]
    logits, a6 = np.array(published["logits"]), np.array(published["a6"])
    weights = np.zeros((3, 4))
    weights[:, :3] = np.eye(3)
    weights[1, 3] = published["w_9_6_before"]
    # The logit of neuron 9 is given whole, so what the weight from a6 adds is taken out of it first.
    logits[1] -= published["w_9_6_before"] * a6
    inputs = np.vstack([logits, a6]).T
    net = network(
        widths=(4, 3),
        activations="softmax",
        loss="cross_entropy",
        bias="none",
        learning_rate=published["learning_rate"],
        parameters=weights.ravel(),
        data=(inputs, np.array(published["one_hot"], dtype=float).T),
    )
    end = net.end()
    assert pytest.approx(np.array(published["softmax"]), abs=5.1e-5) == end.array("output/a").array.T
    assert pytest.approx(np.array(published["delta"]), abs=1e-4) == end.array("output/z", Part.DELTA).array.T
    w96 = Ref("output/w", Part.GRADIENT, (1, 3))
    assert end.value(w96) == pytest.approx(published["sum_dE_dw_9_6"], abs=5e-5)
    assert end.value(w96.of(Part.NEW)) == pytest.approx(published["w_9_6_after"], abs=1e-6)
