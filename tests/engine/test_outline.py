"""The places of an iteration: nothing left out, nothing twice, and the leaf at every position."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nnviz.engine.outline import Depth, Kind, Outline, Pass, depths_of
from nnviz.engine.ref import Part, Ref


def outline_of(net):
    return net.walk.outline(0)


def stops(outline, depth):
    """The ends of all places of a depth, found by stepping over them."""
    found, position = [], 0
    while position < outline.length:
        position = outline.ends(depth, position)[1]
        found.append(position)
    return found


def test_stops_of_the_power_plant(power_plant):
    outline = outline_of(power_plant())
    assert [len(stops(outline, depth)) for depth in depths_of(outline.graph)] == [
        outline.length,
        25,
        13,
        4,
        1,
        1,
    ]


def test_stages_of_the_power_plant(power_plant):
    stages = outline_of(power_plant()).stages
    assert [(s.kind, s.layer.scope if s.layer else None, s.units) for s in stages] == [
        (Kind.SUM, "hidden1", 3),
        (Kind.SUM, "hidden2", 2),
        (Kind.SUM, "output", 1),
        (Kind.LOSS, None, 1),
        (Kind.DELTA, "output", 1),
        (Kind.DELTA, "hidden2", 2),
        (Kind.DELTA, "hidden1", 3),
        (Kind.GRADIENT, "output", 1),
        (Kind.GRADIENT, "hidden2", 2),
        (Kind.GRADIENT, "hidden1", 3),
        (Kind.UPDATE, "hidden1", 3),
        (Kind.UPDATE, "hidden2", 2),
        (Kind.UPDATE, "output", 1),
    ]
    assert [len(group) for group in outline_of(power_plant()).passes().values()] == [3, 1, 6, 3]


def test_leaves_of_one_neuron(power_plant):
    stage = outline_of(power_plant()).stages[0]
    z, a = Ref("hidden1/z", cell=(1,)), Ref("hidden1/a", cell=(1,))
    start = stage.starts[1]
    found = [tuple(stage.leaf(start + i)) for i in range(1, 6)]
    assert found == [(z, 0), (z, 1), (z, 2), (z, None), (a, None)]


def test_leaves_of_a_gradient(power_plant):
    stage = outline_of(power_plant()).stages[7]
    bias, first = Ref("output/b", Part.GRADIENT, (0,)), Ref("output/w", Part.GRADIENT, (0, 0))
    found = [tuple(stage.leaf(stage.start + i)) for i in range(1, 7)]
    assert found == [(bias, 0), (bias, 1), (bias, 2), (bias, 3), (bias, None), (first, 0)]


def test_leaves_have_no_gaps_and_no_doubles(variant):
    outline = outline_of(variant)
    leaves = [outline.stage_at(p).leaf(p) for p in range(1, outline.length + 1)]
    assert len(set(leaves)) == len(leaves) == outline.length
    assert outline.stages[0].start == 0 and outline.stages[-1].end == outline.length
    assert all(before.end == after.start for before, after in pairwise(outline.stages))
    for stage in outline.stages:
        assert list(stage.starts) == sorted(stage.starts)
        for position in range(stage.start + 1, stage.end + 1):
            assert outline.stage_at(position) is stage
            assert (
                stage.starts[stage.unit_at(position)] < position <= stage.starts[stage.unit_at(position) + 1]
            )


def test_places_of_a_depth_follow_each_other(variant):
    outline = outline_of(variant)
    for depth in Depth:
        ends = stops(outline, depth)
        assert ends[-1] == outline.length
        assert list(outline.stops(depth)) == ends
        for start, end in pairwise([0, *ends]):
            for position in range(start, end):
                assert outline.ends(depth, position) == (start, end)


def test_finer_places_lie_within_coarser_ones(variant):
    outline = outline_of(variant)
    for fine, coarse in pairwise(Depth):
        assert set(stops(outline, coarse)) <= set(stops(outline, fine))


def test_completed_at_is_where_the_leaf_is(variant):
    outline = outline_of(variant)
    for position in range(1, outline.length + 1):
        leaf = outline.stage_at(position).leaf(position)
        if leaf.term is None:
            assert outline.completed_at(leaf.ref) == position
        else:
            assert outline.completed_at(leaf.ref) > position


def test_everything_a_stage_computes_has_its_place(variant):
    outline = outline_of(variant)
    for stage in outline.stages:
        found = {(ref.scope, ref.part) for unit in range(stage.units) for ref, _ in stage.results(unit)}
        assert found == set(stage.computes)
        for scope, part in stage.computes:
            assert outline.stage_of(scope, part) is stage


@pytest.mark.parametrize(
    ("ref", "row", "leaf"),
    [
        (Ref("hidden1/z", Part.GRADIENT, (1,)), None, (Ref("hidden1/z", Part.DELTA, (1,)), None)),
        (Ref("output/a", Part.ERROR, (0,)), 2, (Ref("loss"), 2)),
        (Ref("loss", Part.TERM), 2, (Ref("loss"), 2)),
        (Ref("loss", Part.TERM), None, (Ref("loss"), 3)),
        (Ref("hidden2/a", Part.SLOPE, (1,)), None, (Ref("hidden2/a", Part.GRADIENT, (1,)), None)),
        (Ref("output/w", Part.SHARE, (0, 1)), 1, (Ref("output/w", Part.GRADIENT, (0, 1)), 1)),
        (Ref("output/w", Part.SHARE, (0, 1)), None, (Ref("output/w", Part.GRADIENT, (0, 1)), 3)),
    ],
)
def test_where_numbers_that_follow_from_others_are_complete(power_plant, ref, row, leaf):
    outline = outline_of(power_plant())
    position = outline.completed_at(ref, row)
    assert tuple(outline.stage_at(position).leaf(position)) == leaf


def test_the_loss_goes_through_the_outputs_of_every_example(network):
    outline = outline_of(network(widths=(2, 3), examples=2))
    start = outline.stage_of("loss", Part.VALUE).start
    errors = [
        outline.completed_at(Ref("output/a", Part.ERROR, (i,)), row) for row in (0, 1) for i in range(3)
    ]
    assert errors == [start + i for i in range(1, 7)]
    assert [outline.completed_at(Ref("loss", Part.TERM), row) for row in (0, 1)] == [start + 3, start + 6]


@pytest.mark.parametrize(
    "ref",
    [
        Ref("x", cell=(0,)),
        Ref("output/w", cell=(0, 0)),
        Ref("x", Part.RAW, (0,)),
        Ref("hidden1/a", Part.ERROR, (0,)),
        Ref("x", Part.SLOPE, (0,)),
        Ref("hidden1/z", cell=(7,)),
    ],
)
def test_what_an_iteration_does_not_compute_has_no_place(power_plant, ref):
    assert outline_of(power_plant()).completed_at(ref) is None


def test_a_shared_bias_has_a_term_for_every_use(network):
    outline = outline_of(network(widths=(2, 3), bias="shared", examples=4))
    stage = outline.stage_of("output/b", Part.GRADIENT)
    ((_, terms), *_) = stage.results(0)
    assert terms == 4 * 3
    assert not any(ref.scope == "output/b" for unit in (1, 2) for ref, _ in stage.results(unit))


def test_one_term_is_not_stepped(network):
    outline = outline_of(network(widths=(1, 1), bias="none", examples=1))
    assert outline.length == len(outline.stops(Depth.TERM)) == 7  # z, a, E, ∂E/∂a, δ, ∂E/∂w, w
    assert all(outline.stage_at(p).leaf(p).term is None for p in range(1, 8))


def test_late_weights_update_inside_the_backward_pass(network):
    outline = outline_of(network(late=True))
    kinds = [stage.kind for stage in outline.passes()[Pass.BACKWARD]]
    assert kinds == [Kind.DELTA, Kind.GRADIENT, Kind.UPDATE] * 3
    assert not outline.passes()[Pass.UPDATE]


def test_a_large_network_costs_no_more(network):
    graph = network(widths=(784, 30, 10), examples=2).graph
    outline = Outline(graph, 32)
    assert outline.length > 800_000
    last = outline.stages[-1]
    assert last.leaf(outline.length).ref == Ref("output/w", Part.NEW, (9, 29))
