"""Optimizers, penalties and schedules against PyTorch, and by what they promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.graph import GraphError
from nnviz.engine.measures import Examples
from nnviz.engine.optimizers import (
    OPTIMIZERS,
    AdaGrad,
    Adam,
    GradientDescent,
    Momentum,
    Nesterov,
    Newton,
    RMSProp,
)
from nnviz.engine.order import Order
from nnviz.engine.penalty import Penalty
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.engine.schedules import Cosine, Exponential, InSteps, Schedule
from nnviz.engine.timeline import Edit, Stop

LIKE_PYTORCH = {
    "gradient descent": (GradientDescent(), "SGD", {}),
    "momentum": (Momentum(0.9), "SGD", {"momentum": 0.9}),
    "nesterov": (Nesterov(0.8), "SGD", {"momentum": 0.8, "nesterov": True}),
    "adagrad": (AdaGrad(), "Adagrad", {}),
    "rmsprop": (RMSProp(), "RMSprop", {"alpha": 0.9}),
    "adam": (Adam(), "Adam", {}),
    "adam, other settings": (Adam(0.8, 0.95, 1e-4), "Adam", {"betas": (0.8, 0.95), "eps": 1e-4}),
}


@pytest.mark.parametrize("l2", [0.0, 0.05])
@pytest.mark.parametrize(("ours", "name", "options"), LIKE_PYTORCH.values(), ids=LIKE_PYTORCH.keys())
def test_a_hundred_updates_are_those_of_pytorch(ours, name, options, l2):
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(7)
    w = random.normal(size=12)
    theirs = torch.tensor(w.copy(), requires_grad=True)
    optimizer = getattr(torch.optim, name)([theirs], lr=0.03, weight_decay=l2, **options)
    kept = np.zeros((len(ours.remembers), len(w)))
    for update in range(1, 101):
        gradient = np.sin(3 * w) + 0.1 * random.normal(size=len(w))
        theirs.grad = torch.tensor(gradient.copy())
        optimizer.step()
        written = np.atleast_2d(ours.step(w, gradient + Penalty(l2).pull(w), 0.03, kept, update))
        w, kept = written[0].copy(), written[1:]
        assert w == pytest.approx(theirs.detach().numpy(), rel=1e-12, abs=1e-14)


@given(l1=st.floats(0, 1), l2=st.floats(0, 1), w=st.lists(st.floats(-3, 3), min_size=1, max_size=5))
def test_a_penalty_pulls_with_its_own_derivative(l1, l2, w):
    w = np.array([value if abs(value) > 0.01 else 1.0 for value in w])
    penalty, h = Penalty(l2, l1), 1e-6
    for i in range(len(w)):
        ahead, behind = w.copy(), w.copy()
        ahead[i] += h
        behind[i] -= h
        slope = (penalty.amount(ahead) - penalty.amount(behind)) / (2 * h)
        assert penalty.pull(w)[i] == pytest.approx(slope, abs=1e-8)


def test_a_penalty_leaves_biases_alone(network):
    plain = network(widths=(2, 3, 1)).timeline.record(0)
    pulled = network(widths=(2, 3, 1), plan={"penalty": Penalty(0.5)}).timeline.record(0)
    for node in plain.program.graph.parameters:
        change = pulled.new_value(node) - plain.new_value(node)
        w = plain.cells[node.index]
        wanted = -0.2 * 0.5 * w if node.scope.endswith("/w") else np.zeros_like(w)
        assert change == pytest.approx(wanted, abs=1e-15)


@pytest.mark.parametrize("optimizer", [kind() for kind in OPTIMIZERS.values()], ids=OPTIMIZERS.keys())
def test_stepped_and_drained_give_the_same_run(network, optimizer):
    """A state that is replayed is the one that was trained, bit for bit, with all that is remembered."""
    options = {"widths": (2, 3, 1), "batch_size": 2, "plan": {"optimizer": optimizer}}
    kept, replayed = network(**options).timeline, network(**options, budget=4_000).timeline
    for run in (kept, replayed):
        run.extend(40)
    for k in (0, 1, 7, 39, 40):
        assert np.array_equal(kept.state(k).parameters, replayed.state(k).parameters)
        assert np.array_equal(kept.state(k).kept, replayed.state(k).kept)
        assert kept.state(k).update == (k + 1 if optimizer.remembers else 1)


def test_an_edit_keeps_what_the_optimizer_remembers(network):
    run = network(plan={"optimizer": Momentum()}).timeline
    run.extend(5)
    branch = run.edited(Edit(3, ((Ref("output/b", cell=(0,)), 0.5),)))
    assert np.array_equal(branch.state(3).kept, run.state(3).kept)
    branch.extend(2)
    assert not np.array_equal(branch.state(5).kept, run.state(5).kept)


def test_newton_goes_straight_to_the_vertex_of_a_parabola(network):
    """E = ½ Σ (t − w·x)² is a parabola in w: one step with α = 1 solves the least squares."""
    random = np.random.default_rng(1)
    x, t = random.normal(size=(6, 2)), random.normal(size=(6, 1))
    net = network(
        (2, 1), "identity", data=(x, t), learning_rate=1.0, bias="none", plan={"optimizer": Newton()}
    )
    net.timeline.extend(1)
    solved = np.linalg.lstsq(x, t, rcond=None)[0].ravel()
    assert net.timeline.state(1).parameters == pytest.approx(solved, abs=1e-8)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"late": True, "plan": {"optimizer": Adam()}}, "plain gradient descent"),
        ({"late": True, "plan": {"penalty": Penalty(0.1)}}, "plain gradient descent"),
        ({"widths": (20, 20, 1), "plan": {"optimizer": Newton()}}, "at most 200"),
        ({"frozen": ("output/b",), "plan": {"optimizer": Newton()}}, "frozen"),
    ],
)
def test_what_cannot_be_combined_says_so(network, options, words):
    with pytest.raises(GraphError, match=words):
        network(**options)


@pytest.mark.parametrize(
    ("schedule", "scales"),
    [
        (Schedule(), [1, 1, 1, 1]),
        (InSteps(0.5, 2, "iterations"), [1, 1, 0.5, 0.5, 0.25]),
        (Exponential(0.9, unit="iterations"), [1, 0.9, 0.81]),
        (Cosine(every=4, unit="iterations"), [1, (1 + math.sqrt(0.5)) / 2, 0.5, None, 0, 0]),
    ],
)
def test_schedules(network, schedule, scales):
    run = network(plan={"schedule": schedule}).timeline
    for k, scale in enumerate(scales):
        if scale is not None:
            assert run.schedule.scale(k) == pytest.approx(scale, abs=1e-15)
    run.extend(3)
    for k in range(3):
        assert run.record(k).state.learning_rate == 0.2 * run.schedule.scale(k)


def test_a_typed_learning_rate_is_the_one_that_is_used(network):
    run = network(plan={"schedule": Exponential(0.5, unit="iterations")}).timeline
    run.extend(4)
    branch = run.edited(Edit(2, ((LEARNING_RATE, 0.3),)))
    branch.extend(2)
    assert [branch.learning_rate(k) for k in range(4)] == pytest.approx([0.2, 0.1, 0.3, 0.15])


@given(
    examples=st.integers(1, 12),
    size=st.integers(1, 12),
    epoch=st.integers(0, 4),
    method=st.sampled_from(["listed", "shuffled", "batches"]),
    seed=st.integers(0, 99),
)
def test_an_epoch_is_every_example_once(examples, size, epoch, method, seed):
    size, order = min(size, examples), Order(method, seed)
    per = -(-examples // size)
    batches = [order.rows(examples, size, epoch * per + i) for i in range(per)]
    assert sorted(row for batch in batches for row in batch) == list(range(examples))
    again = [order.rows(examples, size, epoch * per + i) for i in range(per)]
    assert [list(batch) for batch in batches] == [list(batch) for batch in again]


def test_batches_stay_together_and_only_change_places():
    order = Order("batches", 5)
    first, second = ({order.rows(9, 3, 3 * epoch + i) for i in range(3)} for epoch in (0, 1))
    assert first == second
    turns = {tuple(order.rows(9, 3, 3 * epoch + i) for i in range(3)) for epoch in range(8)}
    assert len(turns) > 1


def test_dropout_drops_by_its_probability_and_keeps_the_mean(network):
    run = network(widths=(2, 50, 1), keep=0.7, examples=200).timeline
    mask = run.record(0).cells[run.graph["hidden1/mask"].index]
    deviation = math.sqrt(0.7 * 0.3 / mask.size)
    assert abs(mask.mean() - 0.7) < 4 * deviation and set(np.unique(mask)) == {0.0, 1.0}
    whole = run.evaluate(0, run.settings(0).inputs).cells[run.graph["hidden1/a"].index]
    record = run.record(0)
    dropped = record.cells[run.graph["hidden1/a"].index]
    assert dropped == pytest.approx(whole * mask / 0.7)
    delta = record.cells[run.program.gradient(run.graph["hidden1/z"])]
    assert not delta[mask == 0].any() and delta[mask == 1].any()


def test_masks_are_drawn_anew_and_come_back_the_same(network):
    runs = [network(widths=(2, 20, 1), keep=0.5, plan={"seed": seed}).timeline for seed in (1, 1, 2)]
    mask = runs[0].graph["hidden1/mask"].index
    first, same, other = (run.record(0).cells[mask] for run in runs)
    assert np.array_equal(first, same) and not np.array_equal(first, other)
    runs[0].extend(3)
    assert not np.array_equal(runs[0].record(1).cells[mask], first)


def early(network, patience, **options):
    """A run with a validation set that has nothing to do with the data: it overfits at once."""
    random = np.random.default_rng(3)
    strange = Examples(random.uniform(-1, 1, (5, 2)), random.uniform(0, 1, (5, 1)))
    run = network(widths=(2, 6, 1), learning_rate=1.0, plan={"validation": strange}, **options).timeline
    assert run.extend(2_000, Stop(iterations=1_000, patience=patience))
    return run


@pytest.mark.parametrize("patience", [1, 3, 20])
def test_early_stopping_is_the_algorithm_of_the_notes(network, patience):
    run = early(network, patience)
    best, count, stopped = math.inf, 0, None
    for measure in run.validated:
        if best >= measure.loss:
            best, count = measure.loss, 0
        else:
            count += 1
        if count == patience:
            stopped = measure.iteration
            break
    assert stopped == run.length - 1 == run.validated[-1].iteration
    assert run.best.loss == best and run.best.iteration == stopped - patience
    assert run.measure(run.best.iteration, run.validation).loss == best


def test_validation_is_never_learned_from(network):
    with_it, without = early(network, 3), network(widths=(2, 6, 1), learning_rate=1.0).timeline
    last = with_it.length - 1
    without.extend(last)
    assert np.array_equal(with_it.state(last).parameters, without.state(last).parameters)


def test_the_update_is_written_number_by_number(network):
    end = network(widths=(1, 1), plan={"optimizer": Adam(), "penalty": Penalty(0.1)}).end()
    w = Ref("output/w", cell=(0, 0))
    g = end.value(w.of(Part.GRADIENT)) + 0.1 * end.value(w)
    assert end.value(w.of(Part.TOTAL)) == pytest.approx(g)
    assert end.value(w.of(Part.FIRST)) == pytest.approx(0.1 * g)
    assert end.value(w.of(Part.FIRST_FAIR)) == pytest.approx(g)
    assert end.value(w.of(Part.SECOND_FAIR)) == pytest.approx(g * g)
    assert end.value(w.of(Part.NEW)) == pytest.approx(end.value(w) - 0.2 * g / (abs(g) + 1e-8))


def test_the_start_and_what_an_edit_leads_to_are_measured_without_going_on(network):
    run = early(network, 3)
    fresh = network(widths=(2, 6, 1), plan={"validation": run.validation}).timeline
    assert fresh.ensure(0) and fresh.length == 1
    assert fresh.validated == [fresh.measure(0, run.validation)]
    fresh.extend(10)
    branch = fresh.edited(Edit(7, ((Ref("output/w", cell=(0, 0)), 5.0),)))
    assert branch.ensure(7) and [one.iteration for one in branch.validated] == [*range(8)]
    assert branch.validated[-1] == branch.measure(7, run.validation) != fresh.validated[7]
