"""The surface of a neuron: its numbers, its colors and the line where it changes its mind."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.lessons.catalogue import load
from nnviz.ui.picture.axes import input_axis
from nnviz.ui.picture.surface import Choice, Plane, side_for, sureness, surface
from tests.ui.output_lessons import moment_of, planar


def plane_of(moment, side=41):
    inputs = moment.settings.inputs
    return Plane(*(input_axis(moment, i, inputs[:, i]) for i in range(2)), side)


def surface_of(moment, choice, task, side=41):
    plane = plane_of(moment, side)
    return plane, surface(moment.evaluate(plane.points(), None), moment, plane, choice, task)


def asked(moment, plane, pieces, layer, node="a"):
    """What a layer says of the ends of the pieces of a line."""
    across, down = pieces.reshape(-1, 2).T
    x = plane.x.low + across * (plane.x.high - plane.x.low)
    y = plane.y.high - down * (plane.y.high - plane.y.low)
    record = moment.evaluate(np.stack([x, y], axis=1), None)
    return record.cells[getattr(moment.graph.layers[layer], node).index]


@pytest.mark.parametrize(("name", "task", "level"), [("moons", "binary", 0.5), ("signs", "signs", 0.0)])
def test_the_line_is_where_the_output_changes_its_mind(name, task, level, tmp_path):
    moment = moment_of(planar(name, tmp_path), 100)
    plane, shown = surface_of(moment, Choice(1, 0), task, 96)
    assert shown.scale.center == level and f"= {level:g}" in shown.scale.line
    assert len(shown.lines) > 20
    assert asked(moment, plane, shown.lines, 1)[:, 0] == pytest.approx(level, abs=0.03)


def test_the_line_of_a_hidden_neuron_is_straight(tmp_path):
    moment = moment_of(planar("moons", tmp_path), 30)
    plane, shown = surface_of(moment, Choice(0, 1), "binary")
    assert shown.scale.line.startswith("z") and len(shown.lines)
    assert asked(moment, plane, shown.lines, 0, "z")[:, 1] == pytest.approx(0, abs=1e-9)


def test_numbers_are_those_of_the_network_at_that_point(tmp_path):
    moment = moment_of(planar("moons", tmp_path), 10)
    plane, shown = surface_of(moment, Choice(1, 0), "binary", 5)
    corner = np.array([[plane.x.low, plane.y.high]])  # the first row is on top
    wanted = moment.evaluate(corner, None).cells[moment.graph.output.a.index][0, 0]
    assert shown.values[0, 0] == pytest.approx(wanted)


def test_several_classes_meet_where_two_are_equally_sure(tmp_path):
    moment = moment_of(planar("gaussians", tmp_path), 100)
    plane, shown = surface_of(moment, Choice(1, None), "classes", 96)
    assert shown.values.shape == (96, 96, 3)
    said = np.sort(asked(moment, plane, shown.lines, 1), axis=1)
    # A piece may also end where the winner of the others changes, inside one cell of the grid.
    assert np.median(said[:, 2] - said[:, 1]) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize(
    ("values", "sure"), [([1 / 3] * 3, 0.0), ([1.0, 0.0, 0.0], 1.0), ([2 / 3, 1 / 6, 1 / 6], 0.5)]
)
def test_how_sure_the_winner_is(values, sure):
    assert float(sureness(np.array(values))) == pytest.approx(sure)


def test_a_fit_is_colored_around_the_middle_of_its_targets(lesson):
    moment = moment_of(lesson)
    _, shown = surface_of(moment, Choice(2, 0), None)
    targets = moment.settings.targets[:, 0]
    assert shown.scale.center == pytest.approx((targets.min() + targets.max()) / 2)
    assert shown.scale.part(targets).min() == pytest.approx(-1) and not len(shown.lines)


def test_threshold_neurons_part_the_plane_of_xor():
    moment = moment_of(load("xor"))
    _, shown = surface_of(moment, Choice(1, 0), "binary")
    assert set(np.unique(shown.values)) == {0.0, 1.0} and len(shown.lines)
    _, hidden = surface_of(moment, Choice(0, 0), "binary")
    assert hidden.scale.line == "z₃ = 1"


def test_a_wide_network_is_asked_less_finely(tmp_path):
    small = planar("moons", tmp_path).timeline.graph
    assert side_for(small) == 96
    assert 32 <= side_for(load("lenet-5").timeline.graph) < 96
