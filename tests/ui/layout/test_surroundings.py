"""What rooms for labels cover of the things and lines around them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.ui.layout.geometry import Box, Disc, Line, Point
from nnviz.ui.layout.labels import BEST_SHARE, SHARES, SLIDING, along, label_size
from nnviz.ui.layout.surroundings import HARD, MEETING, Surroundings, borders
from tests.ui.layout.covering import depth, inside


@pytest.mark.parametrize(
    ("line", "length"),
    [
        (Line(Point(-5, 5), Point(15, 5)), 10),
        (Line(Point(2, 2), Point(4, 2)), 2),
        (Line(Point(-5, 20), Point(15, 20)), 0),
        (Line(Point(0, 0), Point(10, 10)), 200**0.5),
        (Line(Point(5, -5), Point(5, 5)), 5),
        (Line(Point(-5, 0), Point(15, 0)), 10),
        (Line(Point(3, 3), Point(3, 3)), 0),
    ],
)
def test_the_part_of_a_line_inside_a_room(line, length):
    crossed = Surroundings.of((), [line]).crossed(borders([Box(0, 0, 10, 10)]))
    assert crossed.tolist() == pytest.approx([length])
    assert inside(line, Box(0, 0, 10, 10)) == pytest.approx(length)


def test_how_deep_a_room_reaches_into_a_disc():
    disc = Disc(Point(0, 0), 5)
    met = Surroundings.of([disc]).met(borders([Box(4, -1, 3, 2), Box(6, 0, 3, 2)]))
    assert met.tolist() == pytest.approx([HARD, 0])


def test_nothing_around_costs_nothing():
    assert Surroundings.of(()).cost(borders([Box(0, 0, 1, 1)])).tolist() == [0]


def random_things(chance):
    def box():
        return Box(*chance.uniform(0, 200, 2), *chance.uniform(5, 60, 2))

    def disc():
        return Disc(Point(*chance.uniform(0, 200, 2)), chance.uniform(5, 40))

    things = [box() if chance.random() < 0.5 else disc() for _ in range(12)]
    lines = [Line(*(Point(*chance.uniform(0, 200, 2).round()) for _ in range(2))) for _ in range(15)]
    return things, lines


@pytest.mark.parametrize("seed", range(20))
def test_the_places_along_an_edge_cost_what_they_cover_one_by_one(seed):
    things, lines = random_things(np.random.default_rng(seed))
    line, size = lines[0], label_size(3, 12)
    for share, place in zip(SHARES, along(line, size, Surroundings.of(things, lines)), strict=True):
        met = sum(
            HARD * depth(thing, place.room)
            if isinstance(thing, Disc)
            else math.sqrt(thing.overlap(place.room))
            for thing in things
        )
        crossed = sum(inside(other, place.room) for other in lines[1:])
        assert place.at == line.start.toward(line.end, share)
        assert place.room == size.box(place.at)
        assert place.cost == pytest.approx(MEETING * met + crossed + SLIDING * abs(share - BEST_SHARE))


@pytest.mark.parametrize("count", [50, 200])
def test_only_what_a_label_can_reach_is_looked_at(count):
    lines = [Line(Point(0, 40 * k), Point(240, 40 * k + 120)) for k in range(count)]
    things = [Disc(Point(0, 40 * k), 10) for k in range(count)]
    line, size = lines[count // 2], label_size(4, 12)
    rooms = borders([size.box(line.start.toward(line.end, share)) for share in SHARES])
    near = Surroundings.of(things, lines).near(line, rooms)
    assert 0 < len(near.lines) < 10 and len(near.discs) < 10
    others = Surroundings.of(things, [other for other in lines if other != line])
    assert near.cost(rooms).tolist() == pytest.approx(others.cost(rooms).tolist())
