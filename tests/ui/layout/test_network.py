"""Where the units of a network stand, and what is written around them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nnviz.ui.layout.annotations import (
    _near,
    _tag_places,
    annotate,
    edges_into,
    has_edges,
    labels_when_lit,
    slope_tag,
)
from nnviz.ui.layout.geometry import Box, Disc, Line, Point, leaves_box
from nnviz.ui.layout.labels import Candidate, along, label_size, settle
from nnviz.ui.layout.network import LEAST_RADIUS, RADIUS, Shape, arrange
from nnviz.ui.layout.surroundings import Surroundings, borders
from tests.ui.layout.covering import depth

POWER_PLANT = Shape(2, (3, 2, 1), has_target=True)
SHAPES = {
    "power plant": POWER_PLANT,
    "one neuron": Shape(2, (1,), has_target=True),
    "forward only": Shape(2, (2, 1)),
    "chain": Shape(1, (1, 1, 1), has_target=True),
    "three classes": Shape(4, (3,), has_target=True),
    "wide": Shape(2, (8, 8, 1), has_target=True),
    "iris": Shape(4, (5, 3), has_target=True),
    "digits": Shape(64, (32, 10), has_target=True),
    "images": Shape(784, (30, 10), has_target=True),
}
CANVASES = {"1440x900": (866, 572), "1280x720": (706, 392), "least": (560, 360), "large": (1346, 752)}


def glyphs(layout):
    return [
        layout.glyph(column, unit)
        for column, units in enumerate(layout.shape.columns)
        for unit in range(units)
    ]


def box_of(glyph) -> Box:
    if isinstance(glyph, Box):
        return glyph
    (x, y), r = glyph
    return Box(x - r, y - r, 2 * r, 2 * r)


@pytest.mark.parametrize("canvas", CANVASES.values(), ids=CANVASES)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
class TestEveryNetwork:
    def test_fits_into_the_canvas(self, shape, canvas):
        layout = arrange(shape, *canvas)
        assert layout.width * layout.scale == pytest.approx(canvas[0])
        assert layout.height * layout.scale == pytest.approx(canvas[1])
        for box in map(box_of, glyphs(layout)):
            assert box.x > 0 and box.right < layout.width and box.y > 30 and box.bottom < layout.height

    def test_columns_stand_beside_each_other(self, shape, canvas):
        columns = arrange(shape, *canvas).columns
        for left, right in itertools.pairwise(columns):
            assert left.x + left.half_width < right.x - right.half_width

    def test_units_of_a_column_do_not_meet(self, shape, canvas):
        layout = arrange(shape, *canvas)
        for column, units in enumerate(shape.columns):
            if not shape.is_strip(column):
                boxes = [box_of(layout.glyph(column, unit)) for unit in range(units)]
                assert all(a.bottom < b.y for a, b in itertools.pairwise(boxes))

    def test_edges_run_from_border_to_border(self, shape, canvas):
        layout = arrange(shape, *canvas)
        for layer in range(len(shape.layers)):
            for line in edges_into(layout, layer).values() if has_edges(layout, layer) else ():
                assert line.start.x < line.end.x
            last = layout.glyph(layer + 1, 0)
            if isinstance(last, Disc):
                end = layout.edge(layer, 0, 0).end
                assert last.center.distance(end) == pytest.approx(last.radius)

    def test_labels_and_biases_keep_clear_of_each_other_and_of_neurons(self, shape, canvas):
        layout = arrange(shape, *canvas)
        notes = annotate(layout, 4, [True] * len(shape.layers))
        one_line = notes.size.one_line()
        rooms = {
            edge: (notes.size if edge[0] in notes.roomy else one_line).box(at)
            for edge, at in notes.labels.items()
        }
        discs = [glyph for glyph in glyphs(layout) if isinstance(glyph, Disc)]
        for (first, a), (second, b) in itertools.combinations(rooms.items(), 2):
            assert a.overlap(b) < 1, (first, second)
        for edge, room in rooms.items():
            assert all(depth(disc, room) == 0 for disc in discs), edge
            assert all(place.room.overlap(room) < 1 for place in notes.biases.values()), edge


@pytest.mark.parametrize(
    ("shape", "canvas", "scale", "radius"),
    [
        (POWER_PLANT, "1440x900", 1.0, RADIUS),
        (POWER_PLANT, "large", 1.3, RADIUS),
        (SHAPES["one neuron"], "large", 1.75, RADIUS),
        (SHAPES["wide"], "1440x900", 0.4, RADIUS),
    ],
)
def test_a_network_has_its_full_measure_and_is_scaled_as_a_whole(shape, canvas, scale, radius):
    layout = arrange(shape, *CANVASES[canvas])
    assert layout.scale == pytest.approx(scale, abs=0.06)
    assert (layout.sizes.radius, layout.sizes.compact) == (radius, False)


def test_on_a_small_screen_neurons_shrink_and_type_does_not():
    layout = arrange(POWER_PLANT, *CANVASES["1280x720"])
    assert layout.scale == 1.0
    assert LEAST_RADIUS <= layout.sizes.radius < RADIUS
    assert layout.sizes.compact and layout.sizes.value >= 12


@pytest.mark.parametrize(("digits", "compact"), [(2, False), (4, False), (5, False), (6, True), (10, True)])
def test_long_numbers_stand_above_each_other(digits, compact):
    assert arrange(POWER_PLANT, *CANVASES["1440x900"], digits).sizes.compact is compact


def test_every_weight_of_the_power_plant_has_room_for_its_gradient():
    notes = annotate(arrange(POWER_PLANT, *CANVASES["1440x900"]), 4, [True] * 3)
    assert notes.roomy == {0, 1, 2}
    assert len(notes.labels) == 14 and len(notes.biases) == 6


def test_on_a_small_screen_the_labels_of_a_step_come_first():
    layout = arrange(POWER_PLANT, *CANVASES["1280x720"])
    notes = annotate(layout, 4, [True] * 3)
    lit = tuple((1, 1, k) for k in range(3))
    assert 1 not in notes.roomy
    places = labels_when_lit(layout, notes, 1, lit, (1,))
    assert set(lit) <= set(places)
    assert any(places[edge].has_below for edge in lit)
    assert not any(place.has_below for edge, place in places.items() if edge not in lit)
    usual = labels_when_lit(layout, notes, 1)
    assert {edge: place.at for edge, place in usual.items()} == {
        edge: at for edge, at in notes.labels.items() if edge[0] == 1
    }


@pytest.mark.parametrize("canvas", ["1440x900", "1280x720", "large"])
def test_the_tag_of_a_slope_covers_no_neuron_and_stays_on_the_canvas(canvas):
    layout = arrange(POWER_PLANT, *CANVASES[canvas])
    notes = annotate(layout, 4, [True] * 3)
    for layer, units in enumerate(POWER_PLANT.layers):
        for unit in range(units):
            box = slope_tag(layout, notes, layer, unit, 4)
            assert box.x > 0 and box.right < layout.width and box.bottom < layout.height
            assert all(
                depth(g, box) == 0 if isinstance(g, Disc) else g.overlap(box) == 0 for g in glyphs(layout)
            )


@pytest.mark.parametrize("canvas", CANVASES.values(), ids=CANVASES)
@pytest.mark.parametrize("name", SHAPES)
def test_no_place_of_the_tag_of_a_slope_is_better_than_the_chosen_one(name, canvas):
    layout = arrange(SHAPES[name], *canvas)
    notes = annotate(layout, 4, [True] * len(layout.shape.layers))
    for layer, units in enumerate(layout.shape.layers):
        for unit in range(0 if layer + 1 in layout.shape.strips else units):
            detours, rooms = zip(*_tag_places(layout, layer, unit, 4), strict=True)
            costs = np.array(detours) + _near(layout, notes, layer, unit).hidden(borders(rooms))
            chosen = slope_tag(layout, notes, layer, unit, 4)
            assert costs[rooms.index(chosen)] == pytest.approx(costs.min(), abs=1e-9)


@pytest.mark.parametrize(
    ("units", "as_strip"),
    [((2, 3, 1), [False] * 3), ((64, 32, 10), [True] * 3), ((17, 3, 1), [True, False, False])],
)
def test_large_layers_are_strips_and_so_are_middling_ones_beside_them(units, as_strip):
    shape = Shape(units[0], units[1:])
    assert [shape.is_strip(column) for column in range(3)] == as_strip


def test_inputs_that_may_be_an_image_stand_in_a_square():
    assert arrange(SHAPES["images"], 866, 572).columns[0].grid == (28, 28)


# Labels


def crowded(count: int) -> dict:
    """Many edges side by side, much closer than a label is high."""
    return {(0, 0, k): Line(Point(0, 3.0 * k), Point(200, 3.0 * k)) for k in range(count)}


@pytest.mark.parametrize(("count", "is_free"), [(1, True), (3, True), (30, False)])
def test_labels_settle_or_say_who_is_in_the_way(count, is_free):
    lines, size = crowded(count), label_size(2, 12)
    around = Surroundings.of((), lines.values())
    settled = settle({key: along(line, size, around) for key, line in lines.items()})
    assert settled.is_free is is_free
    assert set(settled.places) == set(lines)


def test_labels_that_are_stuck_start_again():
    """Each label alone prefers the place in the middle; only one arrangement of the three is free."""
    rooms = [Box(10.0 * i, 0, 9, 9) for i in range(3)]
    costs = ((5, 0, 9), (0, 1, 9), (9, 0, 5))
    candidates = {
        (i,): [Candidate(room.center, room, cost) for room, cost in zip(rooms, row, strict=True)]
        for i, row in enumerate(costs)
    }
    assert settle(candidates).is_free


def test_nothing_to_place():
    assert settle({}).is_free


# Geometry


@pytest.mark.parametrize(
    ("toward", "border"), [((30, 5), (10, 5)), ((5, -30), (5, 0)), ((25, 25), (10, 10)), ((6, 5), (6, 5))]
)
def test_where_a_line_leaves_a_box(toward, border):
    assert leaves_box(Box(0, 0, 10, 10), Point(*toward)) == pytest.approx(border)
