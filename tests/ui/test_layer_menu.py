"""The menu of a layer on the canvas, opened and used with a real mouse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from nnviz.lessons import catalogue
from nnviz.lessons.build import build
from nnviz.lessons.composing import compose, suggested
from nnviz.lessons.layer_edits import hidden_layer
from nnviz.ui.layer_menu import make_menu, scope_at
from nnviz.ui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # what a menu asks of a screen

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot):
    one = MainWindow()
    qtbot.addWidget(one)
    one.open_lesson(catalogue.load("power-plant-logistic"))
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    return one


def sizes(window):
    return [layer.units for layer in window.player.timeline.graph.layers]


def parameters(window):
    return window.player.timeline.state(0).parameters.copy()


def menu_at(window, scope):
    """The menu that a right click on a neuron, or on an input, opens."""
    QApplication.processEvents()
    canvas = window.canvas
    ref = next(one for one in canvas.refs() if one.scope == scope)
    place = canvas.rect_of(ref).center().toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, canvas.board.mapToGlobal(place))
    QApplication.sendEvent(canvas.board.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def pick(qtbot, menu, start):
    """Click an entry of a menu by how its text begins."""
    action = next(one for one in menu.actions() if one.text().startswith(start))
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_a_neuron_is_added_on_the_canvas_and_ctrl_z_takes_it_back(window, qtbot):
    before = parameters(window)
    menu = menu_at(window, "hidden1/w")
    assert menu.actions()[0].text() == "Hidden 1: 3 neurons, logistic"
    pick(qtbot, menu, "Add a neuron")
    assert sizes(window) == [4, 2, 1]
    qtbot.keyClick(window.canvas.board, Key.Key_Z, CONTROL)
    assert sizes(window) == [3, 2, 1] and np.array_equal(parameters(window), before)
    qtbot.keyClick(window.canvas.board, Key.Key_Z, CONTROL | SHIFT)
    assert sizes(window) == [4, 2, 1]


@pytest.mark.parametrize(
    ("scope", "entry", "wanted"),
    [
        ("hidden1/w", "Remove the last neuron", [2, 2, 1]),
        ("hidden1/w", "Add a layer after Hidden 1", [3, 3, 2, 1]),
        ("hidden2/w", "Remove Hidden 2", [3, 1]),
        ("output/w", "Add a layer in front of Output", [3, 2, 2, 1]),
        ("x", "Add a layer after the inputs", [8, 3, 2, 1]),
    ],
)
def test_layers_are_changed_on_the_canvas(window, qtbot, scope, entry, wanted):
    pick(qtbot, menu_at(window, scope), entry)
    assert sizes(window) == wanted
    assert window.player.undo_stack.undoText() == "change of the layers"


def test_the_activation_function_is_chosen_on_the_canvas(window, qtbot):
    menu = menu_at(window, "hidden2/w")
    below = next(one.menu() for one in menu.actions() if one.menu() is not None)
    chosen = {one.text(): one for one in below.actions()}
    assert chosen["logistic"].isChecked() and not chosen["threshold"].isEnabled()
    chosen["ReLU"].trigger()
    menu.close()
    assert window.player.lesson.file.network.layers[1].activation == "relu"


def test_beside_a_neuron_the_menu_is_that_of_the_nearest_column(window):
    QApplication.processEvents()
    board = window.canvas.board
    assert scope_at(window.canvas, QPoint(2, board.height() - 4)) == "x"
    assert scope_at(window.canvas, QPoint(board.width() - 2, 4)) == "output"


def test_what_the_data_decides_is_not_offered(window):
    texts = [one.text() for one in make_menu(window.context, "output").actions()]
    assert "Add a neuron" not in texts and "The data decides how a network ends" in texts
    window.open_lesson(catalogue.load("cnn-digits"))
    texts = [one.text() for one in make_menu(window.context, "conv").actions()]
    assert texts[0] == "Convolution: see the tab Filters"


def test_the_only_neuron_of_a_layer_stays(window):
    window.open_lesson(build("own", compose(replace(suggested(), hidden=(hidden_layer(0, 1),)))))
    fewer = next(
        one for one in make_menu(window.context, "hidden1").actions() if one.text().startswith("Remove the")
    )
    assert not fewer.isEnabled()
