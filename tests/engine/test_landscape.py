"""The error as a function of a few parameters: the same number that a forward pass with them gives."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine import landscape as module
from nnviz.engine.landscape import landscape_of
from nnviz.engine.ref import Part, Ref
from nnviz.engine.run import Batch, Record, State, drain, forward
from nnviz.engine.timeline import Edit
from nnviz.engine.weight_path import path_until

WEIGHT, OTHER, LAST = (
    Ref("hidden1/w", cell=(0, 1)),
    Ref("hidden1/w", cell=(2, 0)),
    Ref("output/w", cell=(0, 1)),
)


def learning(graph):
    """The first and the last number of everything that learns."""
    nodes = [node for node in graph.parameters if node.is_trainable]
    first = [Ref(node.scope, cell=(0,) * len(node.shape)) for node in nodes]
    last = [Ref(node.scope, cell=tuple(n - 1 for n in node.shape)) for node in nodes]
    return [ref for pair in zip(first, last, strict=True) for ref in pair]


def choices(graph):
    """Every pair of neighbors in that list, and of its ends: one layer, two layers, a bias and a weight."""
    refs = list(dict.fromkeys(learning(graph)))
    pairs = [*zip(refs, refs[1:], strict=False), (refs[0], refs[-1]), (refs[-1], refs[0])]
    return [(ref,) for ref in refs] + [pair for pair in pairs if pair[0] != pair[1]]


def by_hand(timeline, iteration, refs, point, rows):
    """E by a forward pass of its own."""
    graph, settings = timeline.graph, timeline.settings(iteration)
    parameters = timeline.state(iteration).parameters.copy()
    for ref, value in zip(refs, point, strict=True):
        node = graph[ref.scope]
        parameters[graph.slices[node.index]].reshape(node.shape)[ref.cell] = value
    given = {
        node.index: settings.given[node.scope][rows] for node in graph.given if node.scope in settings.given
    }
    record = Record(
        timeline.program,
        State(parameters, 0.0),
        Batch(rows, settings.inputs[rows], settings.targets[rows], given),
    )
    drain(forward(record))
    return record.loss


def test_it_is_the_error_of_a_forward_pass_with_these_parameters(variant):
    timeline = variant.timeline
    if not timeline.graph.trains:
        pytest.skip("nothing learns")
    points = np.random.default_rng(1).uniform(-2.0, 2.0, (7, 2))
    rows = np.arange(timeline.examples)
    for refs in choices(timeline.graph):
        chosen = points[:, : len(refs)]
        wanted = [by_hand(timeline, 0, refs, point, rows) for point in chosen]
        assert landscape_of(timeline, 0, refs).losses(chosen) == pytest.approx(wanted, rel=1e-12, abs=1e-14)


def test_the_place_of_the_run_has_the_error_of_its_iteration(power_plant):
    timeline = power_plant().timeline
    timeline.extend(20)
    for iteration in (0, 7, 20):
        here = landscape_of(timeline, iteration, (WEIGHT, LAST))
        assert here.here.tolist() == path_until(timeline, iteration, (WEIGHT, LAST)).values[-1].tolist()
        assert here.losses(here.here[None])[0] == pytest.approx(timeline.record(iteration).loss, rel=1e-12)


def test_many_points_in_pieces_are_the_same_as_one_by_one(power_plant, monkeypatch):
    timeline = power_plant().timeline
    points = np.random.default_rng(2).normal(size=(50, 2))
    whole = landscape_of(timeline, 0, (WEIGHT, LAST)).losses(points)
    monkeypatch.setattr(module, "WORK_AT_ONCE", 1)
    pieces = landscape_of(timeline, 0, (WEIGHT, LAST))
    assert pieces.points_at_once == 1
    assert pieces.losses(points) == pytest.approx(whole, rel=1e-13)
    assert len(pieces.losses(np.empty((0, 2)))) == 0


@pytest.mark.parametrize("limit", ["WORK_A_POINT", "WORK_BEFORE"])
def test_what_takes_too_long_is_the_error_of_some_examples(network, monkeypatch, limit):
    timeline = network(examples=90).timeline
    refs = (LAST,)
    assert landscape_of(timeline, 0, refs).count == 90
    monkeypatch.setattr(module, limit, 1)
    few = landscape_of(timeline, 0, refs)
    assert (few.count, few.examples) == (module.FEWEST_EXAMPLES, 90)
    rows = np.linspace(0, 89, few.count).round().astype(int)
    assert (rows[0], rows[-1]) == (0, 89)
    assert few.losses(np.array([[0.5]]))[0] == pytest.approx(by_hand(timeline, 0, refs, [0.5], rows))


def test_an_overflow_is_infinite_and_no_error(network):
    timeline = network(widths=(2, 1), activations="identity").timeline
    losses = landscape_of(timeline, 0, (Ref("output/w", cell=(0, 0)),)).losses(np.array([[1e300], [0.0]]))
    assert np.isinf(losses[0]) and np.isfinite(losses[1])


def test_it_stays_the_same_function_where_only_the_chosen_parameters_move(network):
    net = network(widths=(2, 1), activations="identity", bias="none")
    timeline = net.timeline
    timeline.extend(5)
    both = (Ref("output/w", cell=(0, 0)), Ref("output/w", cell=(0, 1)))
    start, later = landscape_of(timeline, 0, both), landscape_of(timeline, 5, both)
    assert start.is_same(later) and start.is_same(start)
    assert not start.is_same(landscape_of(timeline, 0, both[::-1]))
    assert not landscape_of(timeline, 0, both[:1]).is_same(landscape_of(timeline, 5, both[:1]))
    edited = timeline.edited(Edit(5, ((Ref("x", cell=(0,), example=1), 0.25),)))
    assert not start.is_same(landscape_of(edited, 5, both))
    assert not start.is_same(landscape_of(network(widths=(2, 1), bias="none").timeline, 0, both))


@pytest.mark.parametrize(
    "refs",
    [(Ref("x", cell=(0,)),), (Ref("nowhere"),), (Ref("hidden2/w", cell=(0, 0)),), (WEIGHT, WEIGHT)],
    ids=["data", "nothing", "frozen", "twice"],
)
def test_what_is_no_number_that_learns_is_refused(network, refs):
    timeline = network(frozen=("hidden2/w",)).timeline
    for function in (landscape_of, path_until):
        with pytest.raises(ValueError, match="found"):
            function(timeline, 0, refs)


def test_a_network_that_does_not_learn_has_none(network):
    with pytest.raises(ValueError, match="does not learn"):
        landscape_of(network(loss=None).timeline, 0, (WEIGHT,))


# The path


@pytest.mark.parametrize("budget", [1, 2**28], ids=["thinned", "all kept"])
@pytest.mark.parametrize("iteration", [0, 1, 9, 10, 11, 37, 300])
def test_a_path_goes_through_states_of_the_run_up_to_the_present(network, iteration, budget):
    timeline = network(budget=budget).timeline
    timeline.extend(300)
    path = path_until(timeline, iteration, (WEIGHT, LAST), most=10)
    assert 1 <= len(path.iterations) <= 10
    assert path.iterations[-1] == iteration and (np.diff(path.iterations) > 0).all()
    assert path.iterations[0] == 0
    for k, values in zip(path.iterations, path.values, strict=True):
        cells = timeline.record(int(k)).cells
        assert values.tolist() == [cells[timeline.graph[ref.scope].index][ref.cell] for ref in (WEIGHT, LAST)]


@pytest.mark.parametrize("budget", [1, 2**28], ids=["thinned", "all kept"])
def test_a_short_path_has_every_iteration(network, budget):
    timeline = network(budget=budget).timeline
    timeline.extend(50)
    path = path_until(timeline, 49, (WEIGHT,))
    assert path.iterations.tolist() == list(range(50))
    assert path.values[7].tolist() == [
        timeline.record(7).cells[timeline.graph[WEIGHT.scope].index][WEIGHT.cell]
    ]


def test_a_path_of_a_branch_shares_the_past_and_jumps_where_it_was_edited(network):
    timeline = network().timeline
    timeline.extend(6)
    branch = timeline.edited(Edit(4, ((WEIGHT, 3.0),)))
    path = path_until(branch, 4, (WEIGHT,))
    assert path.values[:4].tolist() == path_until(timeline, 3, (WEIGHT,)).values.tolist()
    assert path.values[4, 0] == 3.0


def test_a_moment_tells_the_way_until_itself_and_no_further(network):
    net = network()
    net.timeline.extend(8)
    moment = net.moment(3, iteration=5)
    assert moment.path((WEIGHT,)).iterations.tolist() == [0, 1, 2, 3, 4, 5]
    assert moment.landscape((WEIGHT, OTHER)).here.tolist() == [moment.value(WEIGHT), moment.value(OTHER)]
    assert moment.value(WEIGHT.of(Part.NEW)) is None
