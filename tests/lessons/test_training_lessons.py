"""What the shipped lessons on training say in words: it must come out when they are run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.measures import Examples
from nnviz.lessons import catalogue
from nnviz.lessons.build import build
from nnviz.lessons.ending import why_no_further

GOLDENS = Path(__file__).parents[1] / "goldens"
DRAWS = 30  # of start values, for what is true on average


def trained(name):
    """A shipped lesson, run until it stops."""
    lesson = catalogue.load(name)
    while not lesson.timeline.extend(1000, lesson.stop):
        pass
    return lesson


# Convergence of the power plant network


def jumps(name):
    """How often the error rises in the course of a run."""
    run = trained(name).timeline
    return int((np.diff(run.losses_until(run.length - 1)) > 0).sum())


def test_the_rectifier_network_is_unstable_at_the_larger_learning_rate_only():
    assert jumps("power-plant-relu") > 50
    assert jumps("power-plant-relu-slower") == 0


# Dead rectifiers


def moved(lesson, neuron):
    """Whether the weights of a neuron of the first hidden layer have changed in 50 iterations."""
    lesson.timeline.extend(50)
    weights = lesson.timeline.graph["hidden1/w"].index
    first, later = (lesson.timeline.record(k).cells[weights][neuron] for k in (0, 50))
    return bool((first != later).any())


@pytest.mark.parametrize(
    ("name", "is_alive"),
    [
        ("power-plant-relu", False),
        ("dying-relu-bias", True),
        ("dying-relu-leaky", True),
        ("dying-relu-prelu", True),
    ],
)
def test_neuron_4_learns_with_every_remedy(name, is_alive):
    assert moved(catalogue.load(name), neuron=1) is is_alive


# Start values


def spreads(name):
    """Variance of z and mean square of δ, layer by layer, on average over many draws of the weights."""
    sums, errors = [], []
    for seed in range(DRAWS):
        run = drawn(name, seed).timeline
        record, layers = run.record(0), run.graph.layers
        sums.append([record.cells[layer.z.index].var() for layer in layers])
        errors.append([(record.cells[run.program.gradient(layer.z)] ** 2).mean() for layer in layers])
    return np.mean(sums, axis=0), np.mean(errors, axis=0)


def drawn(name, seed):
    """A shipped lesson with other start values."""
    file = catalogue.load(name).file
    initial = file.network.initial.model_copy(update={"seed": seed})
    network = file.network.model_copy(update={"initial": initial})
    return build(name, file.model_copy(update={"network": network}))


@pytest.mark.parametrize(
    ("name", "first", "factor"),
    [
        ("initialization-small", 2 * 0.01**2, 100 * 0.01**2),
        ("initialization-large", 2 * 0.2**2, 100 * 0.2**2),
        ("initialization-xavier", 2 * 2 / (2 + 100), 1),
        ("initialization-he", 2 * 2 / 2, 1),
    ],
)
def test_the_spread_of_sums_and_errors_shrinks_grows_or_stays_by_layer(name, first, factor):
    """Equation 64: var(z) = n_in · var(w) · var(inputs), and the same on the way back."""
    sums, errors = spreads(name)
    assert sums[:5] == pytest.approx(first * factor ** np.arange(5.0), rel=0.25)
    assert errors[:4] / errors[1:5] == pytest.approx(factor, rel=0.25)


def test_the_published_variances_of_small_weights_come_out():
    published = json.loads((GOLDENS / "initialization.json").read_text("utf-8"))
    sums, _ = spreads("initialization-small")
    assert sums[0] == pytest.approx(published["var_z_hl1_sigma_0.01"], rel=0.1)
    assert sums[1] == pytest.approx(published["var_z_hl2_sigma_0.01"], rel=0.1)


def test_only_weights_of_the_right_size_learn():
    ends = {}
    for name in ("small", "xavier", "he"):
        run = trained(f"initialization-{name}").timeline
        ends[name] = run.losses_until(run.length - 1)[-1]
    assert ends["small"] > 0.125, "no better than the mean of all targets"
    assert ends["xavier"] < 0.02 and ends["he"] < 0.02
    assert trained("initialization-large").timeline.diverged_at is not None


# Learning rate, momentum, Newton


def test_the_error_falls_slowly_falls_fast_or_grows_with_the_learning_rate():
    slow, fast, away = (trained(f"learning-rate-{name}").timeline for name in ("small", "right", "large"))
    assert fast.length < slow.length / 10
    losses = away.losses_until(20)
    assert all(later > earlier for earlier, later in zip(losses, losses[1:], strict=False))


def test_a_diverging_run_says_why_it_stops_and_keeps_its_history():
    run = trained("learning-rate-large").timeline
    assert "overflowed in iteration 874" in why_no_further(run)
    assert run.length == 874 and np.isfinite(run.state(873).parameters).all()
    assert run.record(2).loss == 4.5 * 2.25**2


def test_momentum_and_newton_are_faster_in_a_narrow_valley():
    names = ("gradient-descent", "momentum", "newton")
    descent, momentum, newton = (trained(f"valley-{name}").timeline.length - 1 for name in names)
    assert newton == 1 and momentum < descent / 2


# Batches


def test_smaller_batches_come_farther_in_the_same_number_of_epochs():
    ends = []
    for name in ("all", "mini", "one"):
        run = trained(f"batches-{name}").timeline
        assert run.epoch(run.length - 1) == 10
        ends.append(run.data_loss(run.length - 1))
    assert ends[0] > 2 * ends[1] > 2 * ends[2]


# Perceptron


def right(lesson, iteration):
    """The share of examples that are right with the weights that an iteration starts from."""
    data = lesson.timeline.settings(iteration)
    return lesson.timeline.measure(iteration, Examples(data.inputs, data.targets)).accuracy


@pytest.mark.parametrize("name", ["perceptron-and", "perceptron-line"])
def test_the_perceptron_converges_where_a_line_separates_the_classes(name):
    lesson = trained(name)
    run, end = lesson.timeline, lesson.timeline.length - 1
    assert right(lesson, end) == 1 and run.data_loss(end) == 0
    epoch = run.iterations_per_epoch
    assert (run.state(end).parameters == run.state(end - epoch).parameters).all()


def test_the_perceptron_runs_in_circles_on_xor():
    lesson = trained("perceptron-xor")
    run = lesson.timeline
    passes = range(0, run.length, run.iterations_per_epoch)
    assert all((run.state(k).parameters == run.state(0).parameters).all() for k in passes)
    assert max(right(lesson, k) for k in range(run.length)) < 1


# Overfitting


def errors(name):
    """Errors on training and validation set, at the start of every epoch."""
    run = trained(f"overfitting-{name}").timeline
    return [one.loss for one in run.training], [one.loss for one in run.validated]


def test_a_network_that_learns_by_heart_gets_worse_on_what_it_has_not_seen():
    training, validation = errors("plain")
    assert training[-1] < 0.1
    assert validation.index(min(validation)) == 76
    assert validation[-1] > 2.5 * min(validation)


@pytest.mark.parametrize("remedy", ["dropout", "l2", "early-stopping"])
def test_every_remedy_keeps_the_error_on_the_validation_set_low(remedy):
    _, plain = errors("plain")
    _, validation = errors(remedy)
    assert validation[-1] < plain[-1] / 2
    assert validation[-1] < 1.2 * min(validation)


def test_early_stopping_takes_its_patience_after_the_best_iteration():
    lesson = trained("overfitting-early-stopping")
    run = lesson.timeline
    assert run.best.iteration + lesson.stop.patience == run.length - 1


# Networks that learn something


@pytest.mark.parametrize(("name", "share"), [("spirals", 0.95), ("iris", 0.9)])
def test_classes_are_learned_that_hold_for_other_examples(name, share):
    lesson = trained(name)
    end = lesson.timeline.length - 1
    others = lesson.timeline.measure(end, lesson.test or lesson.validation)
    assert right(lesson, end) > share and others.accuracy > share


def test_the_curve_through_noisy_points_is_that_of_the_sine():
    lesson = trained("sine")
    x = np.linspace(-1, 1, 201)[:, None]
    run = lesson.timeline
    outputs = run.evaluate(run.length - 1, x).cells[run.graph.output.a.index]
    assert np.abs(outputs - np.sin(np.pi * x)).mean() < 0.1


def test_sunspots_are_foretold_better_by_the_network_than_by_the_line():
    line = trained("sunspots-line").timeline
    of_line = np.sqrt(2 * line.losses_until(line.length)[-1])
    lesson = trained("sunspots")
    run, others = lesson.timeline, lesson.test
    outputs = run.evaluate(run.best.iteration, others.inputs).cells[run.graph.output.a.index]
    column = others.inputs.shape[1]
    foretold, true = (lesson.textbook.preparation.back(column, some) for some in (outputs, others.targets))
    assert np.sqrt(np.mean((foretold - true) ** 2)) < of_line < 17


def test_an_l1_penalty_makes_weights_zero_and_an_l2_penalty_only_small():
    for name, is_zero in (("penalty-l1", True), ("penalty-l2", False)):
        run = trained(name).timeline
        weights = run.record(run.length - 1).cells[run.graph["output/w"].index]
        assert (np.abs(weights) < 0.1).all() and bool((weights == 0).all()) is is_zero
