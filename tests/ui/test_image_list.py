"""Data that are images: thumbnails instead of a table, and a click that goes to an example."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from nnviz.engine.outline import Depth, Kind
from nnviz.ui.image_list import image_of_example
from nnviz.ui.picture.examples import example_at
from nnviz.ui.tabs.data.view import DataView
from tests.ui.maps import forward_only, small


def opened(qtbot, network, position=0, example=0):
    view = DataView()
    qtbot.addWidget(view)
    view.resize(350, 420)
    view.set_graph(network.graph, network.textbook)
    view.show_moment(network.moment(position, example), Depth.NEURON, 4)
    view.show()
    qtbot.waitExposed(view)
    return view


def output_end(network):
    return next(s for s in network.outline.stages if s.kind is Kind.ACTIVATION and not s.layer.is_map).end


def test_images_take_the_place_of_the_table(qtbot, lesson):
    view = opened(qtbot, small(3))
    assert view.images.isVisible() and not view.grid.isVisible()
    assert view.images.model_of_images.rowCount() == 3 and not view.model.columns
    view.set_graph(lesson.timeline.graph, lesson.textbook)
    assert view.grid.isVisible() and not view.images.isVisible()
    assert len(view.model.columns) == 6


@pytest.mark.parametrize("row", (0, 1, 2))
def test_a_click_puts_an_example_into_focus(qtbot, row):
    view = opened(qtbot, small(3))
    index = view.images.model_of_images.index(row)
    with qtbot.waitSignal(view.focused) as focused:
        where = view.images.visualRect(index).center()
        qtbot.mouseClick(view.images.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert focused.args == [row]


def test_the_answer_comes_with_the_output():
    network = small(4)
    end = output_end(network)
    before, after = network.moment(end - 1), network.moment(end)
    assert [example_at(before, row, 4).output for row in range(4)] == [""] * 4
    answers = after.array("dense/a").array.argmax(axis=1)
    targets = after.settings.targets.argmax(axis=1)
    for row in range(4):
        example = example_at(after, row, 4)
        assert (
            example.output == f"network {answers[row] + 1}" and example.target == f"target {targets[row] + 1}"
        )
        assert example.is_right is bool(answers[row] == targets[row])


def test_only_what_is_in_sight_is_made(qtbot, monkeypatch):
    view = opened(qtbot, small(1000))
    asked = set()
    model = view.images.model_of_images
    original = type(model).pixels
    monkeypatch.setattr(type(model), "pixels", lambda self, row: asked.add(row) or original(self, row))
    view.images.viewport().grab()
    assert 0 in asked and len(asked) < 20


def test_the_example_in_focus_is_in_sight(qtbot):
    network = small(200)
    view = opened(qtbot, network)
    view.show_moment(network.moment(0, 150), Depth.NEURON, 4)
    area = view.images.visualRect(view.images.model_of_images.index(150))
    assert view.images.viewport().rect().contains(area)


def test_data_without_targets_has_names_only():
    example = example_at(forward_only().end(), 0, 4)
    assert example.text == "d₁" and example.is_right is None


def test_an_image_is_dark_where_its_pixels_are_large_and_colored_with_three_channels():
    gray = image_of_example(np.array([[[0.0, 1.0]]]))
    assert gray.pixelColor(0, 0).lightness() > 200 > 100 > gray.pixelColor(1, 0).lightness()
    pixels = np.zeros((3, 1, 1))
    pixels[0] = 255.0
    assert image_of_example(pixels).pixelColor(0, 0).name() == "#ff0000"
