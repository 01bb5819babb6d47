"""Moves of the cursor: forward and exactly back again."""

from __future__ import annotations

import pytest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.outline import Depth

RUNS = {"batch": {}, "online": {"batch_size": 1}, "mini-batch": {"batch_size": 2}}


def forth(walk, cursor, depth, steps):
    """The cursors of so many steps over, from `cursor` on."""
    way = [cursor]
    for _ in range(steps):
        way.append(walk.over(way[-1], depth))
    return way


@pytest.mark.parametrize("example", [0, 1])
@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize("options", RUNS.values(), ids=RUNS.keys())
def test_back_after_forward_is_the_identity(network, options, depth, example):
    walk = network(widths=(2, 2, 1), **options).walk
    steps = {Depth.TERM: 3 * walk.outline(0).length}.get(depth, 60)
    way = forth(walk, walk.at(0, 0, example), depth, steps)
    assert way[-1].iteration >= 2
    for before, after in zip(reversed(way[:-1]), reversed(way[1:]), strict=True):
        assert walk.back(after, depth) == before


@pytest.mark.parametrize("depth", Depth)
def test_back_after_forward_in_every_variant(variant, depth):
    walk = variant.walk
    way = forth(walk, walk.at(0, 0, 0), depth, 30)
    for before, after in zip(reversed(way[:-1]), reversed(way[1:]), strict=True):
        assert walk.back(after, depth) == before or after == before


@pytest.mark.parametrize(("depth", "stops"), [(Depth.NEURON, 25), (Depth.LAYER, 13), (Depth.PASS, 4)])
def test_stops_of_the_power_plant(power_plant, depth, stops):
    walk = power_plant().walk
    way = forth(walk, Cursor(), depth, stops + 1)
    assert way[stops] == Cursor(0, walk.outline(0).length, 0)
    assert way[stops + 1].iteration == 1


def test_the_same_place_in_the_next_batch_stays_in_focus(network):
    walk = network(batch_size=2, examples=6).walk
    focus = [cursor.example for cursor in forth(walk, Cursor(example=1), Depth.ITERATION, 5)]
    assert focus == [1, 1, 3, 5, 1, 3]


def test_a_smaller_last_batch_moves_the_focus_inside(network):
    walk = network(batch_size=2, examples=3).walk
    assert walk.over(Cursor(0, walk.outline(0).length, 1), Depth.ITERATION).example == 2


def test_epochs(network):
    walk = network(batch_size=1).walk
    way = forth(walk, Cursor(), Depth.EPOCH, 3)
    assert [cursor.iteration for cursor in way] == [0, 3, 7, 11]
    assert walk.back(Cursor(5, 2, 1), Depth.EPOCH) == Cursor(3, walk.outline(3).length, 3)


def test_out_goes_to_the_end_of_the_place_around(power_plant):
    walk = power_plant().walk
    inside = walk.over(Cursor(), Depth.TERM)
    neuron = walk.out(inside, Depth.NEURON)
    assert neuron == walk.over(Cursor(), Depth.NEURON)
    assert walk.out(neuron, Depth.NEURON) == neuron
    assert walk.out(inside, Depth.LAYER) == walk.over(Cursor(), Depth.LAYER)
    assert walk.out(Cursor(), Depth.PASS) == walk.over(Cursor(), Depth.PASS)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((-3, 2, 1), (0, 2, 1)),
        ((0, -5, 0), (0, 0, 0)),
        ((1, 10**6, 3), (1, None, 3)),
        ((0, 3, 99), (0, 3, 0)),
    ],
)
def test_a_cursor_is_kept_inside_the_run(network, wanted, found):
    walk = network().walk
    iteration, position, example = found
    position = walk.outline(0).length if position is None else position
    assert walk.at(*wanted) == Cursor(iteration, position, example)


def test_where_there_is_no_way_on_the_cursor_stays(network):
    forward_only = network(loss=None).walk
    end = Cursor(0, forward_only.outline(0).length, 2)
    diverging = Walk(network(activations="identity", learning_rate=1e6).timeline)
    diverging.timeline.extend(1000)
    last = diverging.timeline.length - 1
    broken = Cursor(last, diverging.outline(last).length, 2)
    for depth in Depth:
        assert forward_only.over(end, depth) == end
        assert diverging.over(broken, depth) == broken
    assert forward_only.back(Cursor(), Depth.TERM) == Cursor()
