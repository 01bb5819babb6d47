"""What every neuron says of the whole plane of two inputs, small enough to stand in the neuron."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.moment import resolve
from nnviz.lessons.catalogue import load
from nnviz.ui.picture.tiles import SIDE, Tiles, has_tiles


def moment_of(name, iteration=0):
    lesson = load(name)
    lesson.timeline.ensure(iteration)
    walk = Walk(lesson.timeline)
    return resolve(walk, walk.at(iteration, 0, 0), lesson.textbook)


@pytest.mark.parametrize(
    ("name", "has"), [("spirals", True), ("and", True), ("iris", False), ("sine", False), ("lenet-5", False)]
)
def test_only_two_inputs_make_a_plane(name, has):
    assert has_tiles(load(name).timeline.graph) is has


def test_a_hidden_neuron_shows_its_activation_with_x1_to_the_right_and_x2_upwards():
    moment = moment_of("spirals", 3)
    tiles, inputs = Tiles(moment), moment.settings.inputs
    tile = tiles.of(0, 2)
    points = tiles._plane.points()
    assert points[0, 1] > points[-1, 1] and points[0, 0] < points[SIDE - 1, 0]
    assert (points.min(axis=0) <= inputs.min(axis=0)).all() and (
        points.max(axis=0) >= inputs.max(axis=0)
    ).all()
    node = moment.graph.layers[0].a
    said = moment.evaluate(points, None).cells[node.index][:, 2]
    np.testing.assert_allclose(tile.ravel(), said)  # tanh: −1 to 1 as it is


def test_an_output_turns_its_color_at_its_threshold():
    moment = moment_of("spirals", 3)
    tiles = Tiles(moment)
    tile = tiles.of(2, 0)
    said = moment.evaluate(tiles._plane.points(), None).cells[moment.graph.output.a.index][:, 0]
    assert ((tile.ravel() > 0) == (said > 0.5)).all()
