"""The window on networks of maps: drawing, shifting, other filters and structures, all with undo."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnviz.engine.ops.pooling import AveragePool
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.lessons import catalogue
from nnviz.ui.application import make_application
from nnviz.ui.main_window import MainWindow
from tests.ui.image_stand import LEFT, stroke

Key = Qt.Key


def opened(qtbot, name):
    make_application()
    window = MainWindow()
    qtbot.addWidget(window)
    window.open_lesson(catalogue.load(name))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    return window


def image_of(window):
    return window.player.moment.array("x").array[window.player.moment.row].copy()


def probabilities(window):
    output = window.player.timeline.graph.output
    known = window.player.moment.array(output.a.scope)
    return None if known is None else known.array[window.player.moment.row].copy()


def undo(window):
    QTest.keyClick(window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_a_digit_that_is_drawn_is_classified_while_the_pen_moves(qtbot):
    window = opened(qtbot, "cnn-digits")
    before = image_of(window)
    assert probabilities(window) is None
    QTest.mouseClick(window.tabs["image"].tools.tools["pen"], LEFT)
    seen = []
    window.player.moment_changed.connect(lambda: seen.append(probabilities(window)))
    stroke(window.tabs["image"].grid, (0, 1, 2), (0, 1, 5), (0, 6, 5))
    assert len(seen) > 2 and all(one is not None for one in seen)
    assert np.ptp([one[0] for one in seen]) > 0
    assert seen[-1].sum() == pytest.approx(1.0)
    assert window.player.undo_stack.count() == 1
    undo(window)
    np.testing.assert_array_equal(image_of(window), before)
    assert probabilities(window) is None


def test_without_live_a_drawing_stays_where_the_class_is(qtbot):
    window = opened(qtbot, "cnn-digits")
    window.tabs["image"].live.setFocus()
    QTest.keyClick(window.tabs["image"].live, Key.Key_Space)
    assert not window.tabs["image"].is_live
    cursor = window.player.cursor
    QTest.mouseClick(window.tabs["image"].tools.tools["pen"], LEFT)
    stroke(window.tabs["image"].grid, (0, 1, 2), (0, 1, 5))
    assert window.player.cursor == cursor


def test_the_map_moves_with_the_image(qtbot):
    """Equivariance: what a filter finds in a shifted image is what it found, shifted."""
    window = opened(qtbot, "image-of-a-4")
    window.player.over(Depth.PASS)
    before = window.player.moment.array("conv/a").array[0].copy()
    QTest.keyClick(window, Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: window.player.undo_stack.count() == 1)  # the button moves before it acts
    after = window.player.moment.array("conv/a").array[0]
    np.testing.assert_array_equal(after[:, :, 1:], before[:, :, :-1])
    assert (after != before).any()


@pytest.mark.parametrize(
    ("changes", "shape"),
    [
        ({"padding": (1, 1)}, (3, 6, 6)),
        ({"stride": (2, 2)}, (3, 2, 2)),
        ({"stride": (1, 2), "padding": (0, 1)}, (3, 4, 3)),
    ],
)
def test_the_maps_follow_another_structure(qtbot, changes, shape):
    window = opened(qtbot, "image-of-a-4")
    filters = window.player.moment.array("conv/w").array.copy()
    window.tabs["filters"].varied.emit("conv", changes)
    assert window.player.timeline.graph["conv/z"].shape == shape
    np.testing.assert_array_equal(window.player.moment.array("conv/w").array, filters)
    undo(window)
    assert window.player.timeline.graph["conv/z"].shape == (3, 4, 4)


def test_a_structure_that_does_not_fit_is_refused_in_words(qtbot):
    window = opened(qtbot, "image-of-a-4")
    graph = window.player.timeline.graph
    window.tabs["filters"].varied.emit("conv", {"size": (9, 9)})
    assert window.player.timeline.graph is graph
    assert "9 × 9" in window.notice.text


def test_the_pooling_can_be_made_an_average_and_the_keys_step_on(qtbot):
    window = opened(qtbot, "max-pooling")
    window.tabs.open("filters")
    QTest.keyClick(window, Key.Key_Right)
    form = window.tabs["filters"].pooling_form
    QTest.mouseClick(form.kind.buttons[1], LEFT)
    QTest.mouseClick(form.apply, LEFT)
    assert isinstance(window.player.timeline.graph.layers[0].a.op, AveragePool)
    assert not window.notice.text
    qtbot.waitUntil(window.canvas.hasFocus)
    before = window.player.cursor.position
    QTest.keyClick(window.canvas, Key.Key_Space)
    assert window.player.cursor.position > before


def test_what_was_said_of_a_run_goes_with_the_change_that_caused_it(qtbot):
    window = opened(qtbot, "cnn-by-hand")
    window.player.edit(Ref("conv/w", cell=(0, 0, 0, 0)), 1e308)
    QTest.keyClick(window, Key.Key_G)
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=10_000)
    assert "overflow" in window.notice.text
    undo(window)
    assert not window.notice.text


def test_an_edited_pixel_survives_another_stride(qtbot):
    window = opened(qtbot, "image-of-a-4")
    window.player.edit(Ref("x", cell=(0, 0, 0)), 7.0)
    window.tabs["filters"].varied.emit("conv", {"stride": (2, 2)})
    assert window.player.moment.value(Ref("x", cell=(0, 0, 0))) == 7.0


def test_only_networks_with_images_have_the_tabs_for_them(qtbot):
    window = opened(qtbot, "image-of-a-4")
    assert {"image", "filters"} <= {*window.tabs.offered}
    window.try_to_open("xor")
    assert {"image", "filters"}.isdisjoint(window.tabs.offered)
    assert window.tabs.front in ("matrices", "data", "conventions")
