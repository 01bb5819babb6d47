"""On a small screen the bar stays where it is, whole, and the current formula is in sight."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox

from nnviz.engine.outline import Depth
from nnviz.lessons import catalogue
from nnviz.ui.formula_drawing import Use
from nnviz.ui.main_window import MainWindow

SMALL = QSize(800, 480)
SIZES = [(800, 480), (860, 680), (960, 600), (1280, 720)]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot):
    one = MainWindow()
    qtbot.addWidget(one)
    one.resize(SMALL)
    one.show()
    return one


def open_in(window, name):
    window.open_lesson(catalogue.load(name))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def place(window, widget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def controls(window):
    """What is on the two bars."""
    bars = (window.toolbar, window.transport)
    found = [one for bar in bars for one in bar.findChildren(QAbstractButton) if one.isVisible()]
    boxes = [one for one in window.toolbar.findChildren(QComboBox) if one.isVisible()]
    return [*found, *boxes, window.transport.bar]


def assert_usable(window):
    shown = controls(window)
    for widget in shown:
        where = place(window, widget)
        assert window.rect().contains(where), f"{widget.accessibleName()} is cut off: {where}"
        assert window.childAt(where.center()) is widget, f"{widget.accessibleName()} is covered"
    for one, other in combinations(shown, 2):
        inner = place(window, one).adjusted(1, 1, -1, -1)  # the frames of segments touch
        assert not inner.intersects(place(window, other).adjusted(1, 1, -1, -1))
    assert {window.transport.step_button, window.transport.play_button} <= set(shown)
    assert window.transport.bar.width() >= 150


@pytest.mark.parametrize("start", range(8))
def test_every_lesson_fits_into_a_small_window(window, start):
    for name in catalogue.names()[start::8]:
        open_in(window, name)
        least = window.minimumSizeHint()
        assert least.width() <= SMALL.width() and least.height() <= SMALL.height(), name
        assert window.size() == SMALL, name
        assert_usable(window)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["power-plant-logistic", "cnn-digits", "lstm-unit"])
def test_with_tables_and_message_the_bar_stays(window, qtbot, size, name):
    open_in(window, name)
    window.resize(*size)
    window.say("A message above the canvas, as long as messages are when a run has come to its end.")
    if not window.right.isVisible():
        window.fold_tables()
    QApplication.processEvents()
    assert window.size() == QSize(*size)
    assert_usable(window)
    panes = [window.canvas, window.strip, window.right, window.transport]
    for one, other in combinations(panes, 2):
        assert not place(window, one).intersects(place(window, other))


def test_the_bar_works_in_a_small_window(window, qtbot):
    open_in(window, "cnn-digits")
    qtbot.mouseClick(window.transport.step_button, LEFT)
    assert window.player.cursor.position > 0
    qtbot.mouseClick(window.transport.play_button, LEFT)
    assert window.player.is_playing
    qtbot.mouseClick(window.transport.play_button, LEFT)
    bar = window.transport.bar
    qtbot.mouseClick(bar, LEFT, pos=QPoint(bar.width() - 20, bar.height() // 2))
    assert window.player.cursor.position > window.player.walk.outline(0).length // 2


@pytest.mark.parametrize("with_tables", [False, True])
@pytest.mark.parametrize("name", ["power-plant-logistic", "softmax-by-hand", "cnn-by-hand", "lstm-unit"])
def test_what_a_step_computes_is_in_sight(window, name, with_tables):
    open_in(window, name)
    if with_tables:
        window.fold_tables()
    player, strip = window.player, window.strip
    player.set_depth(Depth.NEURON)
    for _ in range(30):
        player.step()
        QApplication.processEvents()
        results = [one.rect for one in strip.panel.placed.factors if one.factor.use is Use.RESULT]
        if results and strip._has_just_computed():
            seen = QRect(strip.panel.mapFrom(strip.area.viewport(), QPoint()), strip.area.viewport().size())
            assert seen.contains(results[-1].center().toPoint())
            assert seen.bottom() + 1 >= results[-1].bottom()


@pytest.mark.parametrize("width", [800, 900, 1000, 1180, 1440])
def test_the_title_gives_way_before_a_control_does(window, width):
    open_in(window, "power-plant-logistic")
    window.resize(width, 600)
    QApplication.processEvents()
    title = window.toolbar._lesson
    needed = title.fontMetrics().horizontalAdvance(title.text())
    assert needed <= title.width() and title.text().startswith("Power plant")
    assert ("…" in title.text()) == (width == 800)


def test_the_network_is_shown_whole_in_a_small_window(window):
    for name in ("power-plant-logistic", "cnn-digits", "lstm-unit"):
        open_in(window, name)
        board = window.canvas.board
        drawn = board.mapFromScene(board.sceneRect()).boundingRect()
        assert board.viewport().rect().adjusted(-2, -2, 2, 2).contains(drawn)


@pytest.mark.parametrize("with_tables", [False, True])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["power-plant-logistic", "cnn-by-hand", "three-steps"])
def test_no_button_lies_over_the_picture(window, name, size, with_tables):
    open_in(window, name)
    window.resize(*size)
    QApplication.processEvents()
    if window.right.isVisible() is not with_tables:
        window.fold_tables()
        QApplication.processEvents()
    board = place(window, window.canvas.board)
    for button in (window.unfold, window.unfold_tables):
        assert not (button.isVisible() and place(window, button).intersects(board)), button.accessibleName()
    assert window.unfold.isVisible() is not window.outline.isVisible()
    assert window.unfold_tables.isVisible() is not with_tables
