"""The line of stops: proportions, and that positions and places on the line are each other's inverse."""

import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.outline import Depth, Pass
from nnviz.ui.layout.timeline_line import LEAST_SEGMENT, TO_THE_END, iteration_line, run_line

INSIDE = (Depth.TERM, Depth.NEURON, Depth.LAYER, Depth.PASS)


@pytest.fixture
def outline(lesson):
    return Walk(lesson.timeline).outline(0)


@pytest.mark.parametrize(("depth", "count"), [*zip(Depth, (175, 25, 13, 13, 4, 1, 1), strict=True)])
def test_stops_are_where_stepping_over_comes_to_rest(lesson, outline, depth, count):
    stops = list(outline.stops(depth))
    assert len(stops) == count
    reached, position = [], 0
    while position < outline.length:
        position = outline.ends(depth, position)[1]
        reached.append(position)
    assert stops == reached


@pytest.mark.parametrize("depth", INSIDE)
@pytest.mark.parametrize("width", (180, 500, 1400))
def test_every_stop_is_found_where_it_is_drawn(outline, depth, width):
    line = iteration_line(outline, depth, 3, width)
    for position in (0, *line.stops):
        assert line.place_at(line.x_of(3, position)) == (3, position)


@pytest.mark.parametrize("depth", INSIDE)
def test_the_line_only_goes_on(outline, depth):
    line = iteration_line(outline, depth, 0, 400)
    xs = [line.x_of(0, position) for position in range(outline.length + 1)]
    assert xs == sorted(xs)
    assert (xs[0], xs[-1]) == (0.0, pytest.approx(400))


@pytest.mark.parametrize(("x", "position"), ((-50, 0), (10_000, 175)))
def test_beside_the_line_its_end_is_nearest(outline, x, position):
    assert iteration_line(outline, Depth.NEURON, 0, 400).place_at(x) == (0, position)


def test_segments_are_the_passes_and_none_is_too_short(outline):
    segments = iteration_line(outline, Depth.TERM, 0, 200).segments
    assert [segment.into for segment in segments] == list(Pass)
    assert all(segment.right - segment.left >= LEAST_SEGMENT - 1e-9 for segment in segments)
    assert segments[-1].right == pytest.approx(200)


def test_wide_places_are_set_off_and_layers_more_so(outline):
    forward = iteration_line(outline, Depth.NEURON, 0, 500).segments[0]
    assert [cut.is_layer for cut in forward.cuts] == [False, False, True, False, True]
    assert all(cut.is_layer for cut in iteration_line(outline, Depth.TERM, 0, 500).segments[0].cuts)


@pytest.mark.parametrize(("position", "number"), ((0, 0), (1, 1), (5, 1), (6, 2), (41, 9), (175, 25)))
def test_a_place_underway_has_the_number_of_its_stop(outline, position, number):
    assert iteration_line(outline, Depth.NEURON, 0, 500).number(position) == number


def test_the_whole_run(outline):
    line = run_line(outline, 7610, 400)
    assert line.place_at(-5) == (0, 0)
    assert line.place_at(405) == (7609, TO_THE_END)
    for iteration in (0, 17, 3805, 7609):
        assert line.place_at(line.x_of(iteration, outline.length))[0] == pytest.approx(iteration, abs=1)
