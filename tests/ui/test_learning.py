"""The tab Learning while a class works with it: restarts, runs that go on, numbers that are refused."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nnviz.lessons import catalogue
from nnviz.ui.application import make_application
from nnviz.ui.main_window import MainWindow

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def open_window(qtbot):
    def open_one(name):
        make_application()
        one = MainWindow()
        qtbot.addWidget(one)
        one.open_lesson(catalogue.load(name))
        one.show()
        one.activateWindow()
        qtbot.waitUntil(one.isActiveWindow)
        one.canvas.setFocus()
        return one

    return open_one


def press(qtbot, window, key, modifier=PLAIN):
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def click(qtbot, button):
    QApplication.processEvents()
    assert button.isEnabled()
    qtbot.mouseClick(button, LEFT)


def type_in(qtbot, box, text, end=Key.Key_Tab):
    QApplication.processEvents()
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text) if text else qtbot.keyClick(box, Key.Key_Delete)
    qtbot.keyClick(box, end)


def choose(qtbot, chooser, key):
    """Choose with the keyboard, as in any list: down or up to it."""
    QApplication.processEvents()
    chooser.setFocus()
    place = [one.key for one in chooser.offered].index(key)
    for _ in range(abs(place - chooser.currentIndex())):
        qtbot.keyClick(chooser, Key.Key_Down if chooser.currentIndex() < place else Key.Key_Up)
    assert chooser.key == key


def run(qtbot, window):
    """G, until the run is over; how many iterations it took."""
    window.canvas.setFocus()
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=60_000)
    return window.player.timeline.length - 1


def start(window):
    return window.player.timeline.state(0).parameters.copy()


# Restarting


def test_restart_after_another_optimizer_is_a_fair_comparison(open_window, qtbot):
    window = open_window("valley-gradient-descent")
    first = start(window)
    plain = run(qtbot, window)
    press(qtbot, window, Key.Key_K)
    press(qtbot, window, Key.Key_E, CONTROL)
    choose(qtbot, window.learning.training.optimizer, "momentum")
    click(qtbot, window.learning.apply)
    applied = start(window)
    assert not np.array_equal(applied, first)
    press(qtbot, window, Key.Key_R)
    assert np.array_equal(start(window), first)
    assert window.player.timeline.optimizer.name == "momentum" and window.player.cursor.iteration == 0
    assert run(qtbot, window) == 83 != plain
    assert window.loss.plot._pins
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert np.array_equal(start(window), applied)
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert window.player.timeline.length - 1 == plain


def test_restart_after_other_layers_draws_only_what_is_new(open_window, qtbot):
    window = open_window("power-plant-logistic")
    player = window.player
    before = {one.w.scope: one.w for one in player.timeline.graph.layers}
    first = start(window)
    was = {name: first[player.timeline.graph.slices[w.index]] for name, w in before.items()}
    player.timeline.extend(5)
    player.to_end()
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.learning.layers.units[0], "4")
    click(qtbot, window.learning.apply)
    press(qtbot, window, Key.Key_R)
    graph, now = player.timeline.graph, start(window)
    names = [one.w.scope for one in graph.layers]
    kept = {one.w.scope: now[graph.slices[one.w.index]].reshape(one.w.shape) for one in graph.layers}
    assert np.array_equal(kept[names[2]].ravel(), was[names[2]])
    assert np.array_equal(kept[names[0]][:3].ravel(), was[names[0]]) and kept[names[0]][3].any()


def test_what_restart_goes_back_to_is_said(open_window):
    window = open_window("power-plant-logistic")
    assert "R restarts from the first weights" in window.learning.note.text()
