"""The dialog “Random restarts” in the window, with real keys and mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nnviz.lessons import catalogue
from nnviz.ui.main_window import MainWindow
from nnviz.ui.restarts_dialog import RestartsDialog

Key, LEFT, CONTROL = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot):
    one = MainWindow()
    qtbot.addWidget(one)
    one.open_lesson(catalogue.load("power-plant-logistic"))
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    return one


@pytest.fixture
def dialog(window, qtbot):
    qtbot.keyClick(window.canvas.board, Key.Key_R, CONTROL)
    found = window.findChild(RestartsDialog)
    assert found is not None and found.isVisible()
    return found


def click(qtbot, button):
    QApplication.processEvents()
    qtbot.mouseClick(button, LEFT)


def type_in(qtbot, box, text):
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Key.Key_Tab)


def tried(dialog):
    table = dialog.table
    return [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]


def test_the_best_of_some_restarts_goes_on_and_can_be_undone(window, dialog, qtbot):
    player = window.player
    before = player.timeline
    assert not dialog.ok.isEnabled()
    type_in(qtbot, dialog.count, "4")
    type_in(qtbot, dialog.iterations, "30")
    click(qtbot, dialog.start)
    qtbot.waitUntil(lambda: not dialog.is_running)
    assert [row[:2] for row in tried(dialog)] == [[str(seed), "30"] for seed in (1, 2, 3, 4)]
    best = dialog.restarts.best
    assert f"the best has seed {best.seed}" in dialog.message.text()
    click(qtbot, dialog.ok)
    assert player.lesson.file.network.initial.seed == best.seed
    assert player.timeline.length == 31 and player.cursor.iteration == 30
    assert player.undo_stack.undoText() == "best of 4 restarts"
    player.undo()
    assert player.timeline is before


def test_closing_it_stops_it_and_changes_nothing(window, dialog, qtbot):
    before = window.player.timeline.state(0).parameters.copy()
    type_in(qtbot, dialog.iterations, "100000")
    click(qtbot, dialog.start)
    assert dialog.is_running and not dialog.form.isEnabled()
    qtbot.keyClick(dialog, Key.Key_Escape)
    assert not dialog.is_running
    assert np.array_equal(window.player.timeline.state(0).parameters, before)
    assert window.player.undo_stack.count() == 0


def test_what_was_tried_before_it_was_stopped_can_be_kept(dialog, qtbot):
    type_in(qtbot, dialog.count, "100")
    click(qtbot, dialog.start)
    qtbot.waitUntil(lambda: dialog.table.rowCount() > 0)
    click(qtbot, dialog.start)
    assert not dialog.is_running and dialog.ok.isEnabled()


def test_a_lesson_that_does_not_train_says_so(window, qtbot):
    window.open_lesson(catalogue.load("image-of-a-4"))
    qtbot.keyClick(window.canvas.board, Key.Key_R, CONTROL)
    assert window.findChild(RestartsDialog) is None
    assert "does not train" in window.notice.text
