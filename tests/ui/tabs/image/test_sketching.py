"""What is drawn while a network learns is answered by it, and learned from only when somebody asks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.ref import Ref
from nnviz.engine.settings import Stop
from nnviz.lessons import catalogue
from nnviz.ui.leaving import Question, leave
from nnviz.ui.main_window import MainWindow

Key, LEFT, CONTROL = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot):
    one = MainWindow()
    qtbot.addWidget(one)
    one.open_lesson(replace(catalogue.load("cnn-digits"), stop=Stop(iterations=10**9)))
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    one.canvas.setFocus()
    QTest.mouseClick(one.tabs["image"].tools.tools["pen"], LEFT)
    return one


@pytest.fixture
def running(window, qtbot):
    QTest.keyClick(window.canvas.board, Key.Key_G)
    qtbot.waitUntil(lambda: window.player.timeline.length > 3)
    return window


def stroke(qtbot, window, *cells, pause=0):
    """The pen along some pixels, with the run going on meanwhile."""
    grid = window.tabs["image"].grid
    points = [grid.rect_of(grid._ref(0, *cell)).center().toPoint() for cell in cells]
    QTest.mousePress(grid, LEFT, pos=points[0])
    for point in points[1:]:
        if pause:
            qtbot.wait(pause)
        QTest.mouseMove(grid, point)
        QApplication.processEvents()
    QTest.mouseRelease(grid, LEFT, pos=points[-1])


def data(window):
    player = window.player
    return player.timeline.settings(player.cursor.iteration).inputs.copy()


def test_a_drawing_stands_beside_the_data_and_the_run_goes_on(running, qtbot):
    before, timeline = data(running), running.player.timeline
    stroke(qtbot, running, (1, 1), (1, 6), (6, 6), pause=30)
    assert running.player.is_running and running.player.timeline is timeline
    np.testing.assert_array_equal(data(running), before)
    drawn = running.tabs["image"].grid.values.copy()
    assert drawn[0, 1, 1] == drawn[0, 6, 6] == running.tabs["image"]._ends[1]
    reached = timeline.length
    qtbot.waitUntil(lambda: timeline.length > reached + 5)
    np.testing.assert_array_equal(running.tabs["image"].grid.values, drawn)
    assert running.tabs["image"].beside.isVisible() and running.player.is_saved


def test_the_network_of_now_answers_the_drawing(running, qtbot):
    stroke(qtbot, running, (1, 1), (1, 6))
    QTest.keyClick(running.canvas.board, Key.Key_G)
    QApplication.processEvents()
    answers = running.tabs["image"].bars.values
    moment = running.player.moment
    record = moment.evaluate(running.tabs["image"].beside.scratch.image[np.newaxis], None)
    assert answers == np.asarray(record.cells[moment.graph.output.a.index])[0].tolist()
    assert sum(answers) == pytest.approx(1.0) and running.tabs["image"].bars.target is None


def test_all_strokes_are_on_the_drawing_and_each_is_one_undo(running, qtbot):
    stroke(qtbot, running, (1, 1), (1, 6))
    QTest.keyClick(running.canvas.board, Key.Key_G)
    first = running.tabs["image"].beside.scratch
    before = data(running)
    stroke(qtbot, running, (3, 1), (3, 3), (3, 6))
    assert running.tabs["image"].beside.scratch.example == first.example
    assert not np.array_equal(running.tabs["image"].beside.scratch.image, first.image)
    QTest.keyClick(running, Key.Key_Z, CONTROL)
    np.testing.assert_array_equal(running.tabs["image"].beside.scratch.image, first.image)
    QTest.keyClick(running, Key.Key_Z, CONTROL)
    assert running.tabs["image"].beside.scratch is None and not running.tabs["image"].beside.isVisible()
    np.testing.assert_array_equal(data(running), before)


def test_put_away_shows_the_images_of_the_data_again(running, qtbot):
    stroke(qtbot, running, (1, 1), (1, 6))
    qtbot.mouseClick(running.tabs["image"].beside.away, LEFT)
    QTest.keyClick(running.canvas.board, Key.Key_G)
    player = running.player
    own = player.moment.settings.inputs[player.cursor.example]
    np.testing.assert_array_equal(running.tabs["image"].grid.values, own)


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_drawing_is_learned_from_only_when_asked(running, qtbot, goes_on):
    before = data(running)
    stroke(qtbot, running, (1, 1), (1, 6))
    if not goes_on:
        QTest.keyClick(running.canvas.board, Key.Key_G)
    example, drawn = (
        running.tabs["image"].beside.scratch.example,
        running.tabs["image"].beside.scratch.image.copy(),
    )
    qtbot.mouseClick(running.tabs["image"].beside.use, LEFT)
    assert running.player.is_running is goes_on
    now = data(running)
    np.testing.assert_array_equal(now[example], drawn)
    others = np.arange(len(now)) != example
    np.testing.assert_array_equal(now[others], before[others])
    assert running.tabs["image"].beside.scratch is None and not running.player.is_saved
    QTest.keyClick(running, Key.Key_Z, CONTROL)
    np.testing.assert_array_equal(data(running), before)
    np.testing.assert_array_equal(running.tabs["image"].beside.scratch.image, drawn)


def test_the_buttons_of_the_image_work_on_the_drawing(running, qtbot):
    before = data(running)
    qtbot.mouseClick(running.tabs["image"].tools.clear, LEFT)
    assert running.player.is_running
    assert not running.tabs["image"].beside.scratch.image.any()
    np.testing.assert_array_equal(data(running), before)
    qtbot.mouseClick(running.tabs["image"].tools.original, LEFT)
    assert running.tabs["image"].beside.scratch is None


def test_without_a_run_a_drawing_is_an_edit_to_step_through(window, qtbot):
    before = data(window)
    stroke(qtbot, window, (1, 1), (1, 6))
    assert window.tabs["image"].beside.scratch is None and not np.array_equal(data(window), before)
    QTest.keyClick(window, Key.Key_Z, CONTROL)
    np.testing.assert_array_equal(data(window), before)


def test_another_lesson_has_no_drawing(running, qtbot):
    stroke(qtbot, running, (1, 1), (1, 6))
    running.try_to_open("image-of-a-4")
    question = running.findChild(Question)
    qtbot.mouseClick(question.button(question.StandardButton.Discard), LEFT)
    assert running.tabs["image"].beside.scratch is None and not running.tabs["image"].beside.isVisible()


def test_a_run_does_not_see_what_was_drawn_before_it(window, qtbot):
    before = data(window)
    qtbot.mouseClick(window.tabs["image"].tools.clear, LEFT)
    stroke(qtbot, window, (1, 1), (1, 6))
    drawn, example = window.tabs["image"].grid.values.copy(), window.player.cursor.example
    QTest.keyClick(window.canvas.board, Key.Key_G)
    qtbot.waitUntil(lambda: window.player.timeline.length > 3)
    np.testing.assert_array_equal(data(window), before)
    np.testing.assert_array_equal(window.tabs["image"].beside.scratch.image, drawn)
    assert window.tabs["image"].beside.scratch.example == example and window.tabs["image"].beside.isVisible()
    QTest.keyClick(window.canvas.board, Key.Key_G)
    QTest.keyClick(window, Key.Key_Z, CONTROL)
    assert window.tabs["image"].beside.scratch is None
    np.testing.assert_array_equal(data(window)[example], drawn)


def test_a_run_without_a_drawing_begins_as_ever(window, qtbot):
    stroke(qtbot, window, (1, 1), (1, 6))
    QTest.keyClick(window, Key.Key_Z, CONTROL)
    count = window.player.undo_stack.count()
    qtbot.mouseClick(window.transport.run_button, LEFT)
    assert window.player.is_running and window.tabs["image"].beside.scratch is None
    assert window.player.undo_stack.count() == count


@pytest.mark.parametrize("size", [(1440, 900), (1000, 700)])
def test_the_image_stays_under_the_pen_when_a_drawing_begins(running, qtbot, size):
    running.resize(*size)
    QApplication.processEvents()
    grid = running.tabs["image"].grid
    before = grid.mapToGlobal(grid.rect_of(grid._ref(0, 4, 4)).center().toPoint())
    stroke(qtbot, running, (1, 1), (1, 4))
    qtbot.waitUntil(running.tabs["image"].beside.isVisible)
    QApplication.processEvents()
    assert grid.mapToGlobal(grid.rect_of(grid._ref(0, 4, 4)).center().toPoint()) == before


def another_stride(window, qtbot):
    window.tabs["filters"].varied.emit(window.player.timeline.graph.layers[0].scope, {"stride": (2, 2)})


def there_and_back(window, qtbot):
    another_stride(window, qtbot)
    QTest.keyClick(window.canvas.board, Key.Key_Z, CONTROL)


@pytest.mark.parametrize("change", [another_stride, there_and_back])
def test_a_drawing_outlasts_a_change_of_the_network(running, qtbot, change):
    stroke(qtbot, running, (1, 1), (1, 6))
    drawing, graph = running.tabs["image"].beside.scratch, running.player.timeline.graph
    change(running, qtbot)
    running.player.stop_running()
    assert (running.player.timeline.graph is graph) is (change is there_and_back)
    assert running.tabs["image"].beside.scratch is drawing and running.tabs["image"].beside.isVisible()
    np.testing.assert_array_equal(running.tabs["image"].grid.values, drawing.image)
    leave(running.context, running.close)
    assert running.findChild(Question) is not None


def drop(window, path):
    image = QImage(8, 8, QImage.Format.Format_Grayscale8)
    image.fill(200)
    image.save(str(path))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    window.tabs["image"].dropEvent(event)


@pytest.mark.parametrize(("typed", "stored", "is_taken"), [("0.77", 0.77, True), ("0.77g", None, False)])
def test_a_picture_that_is_dropped_finishes_what_is_being_typed(
    window, qtbot, tmp_path, typed, stored, is_taken
):
    bias = Ref("output/b", cell=(0,))
    window.player.seek(0, 1)
    window.player.select(bias)
    window.strip.edit_selected()
    field = window.strip.panel.field
    qtbot.keyClicks(field, typed)
    before, images = window.player.moment.value(bias), data(window)
    drop(window, tmp_path / "gray.png")
    assert window.player.moment.value(bias) == (stored if is_taken else before)
    assert (not np.array_equal(data(window), images)) is is_taken
    assert is_taken or field.text() == typed
