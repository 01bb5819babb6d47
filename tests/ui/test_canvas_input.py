"""The canvas under mouse and keys: pointing, zooming, editing in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from nnviz.engine.ref import Ref
from tests.ui.stand import (
    ACTIVATION,
    BIAS,
    CANVAS,
    DELTA,
    GRADIENT,
    INPUT,
    LEFT,
    LOSS,
    NEW,
    SMALL,
    SUM,
    TARGET,
    WEIGHT,
    Stand,
)


@pytest.fixture
def stand(qtbot, lesson):
    return Stand(qtbot, lesson)


# The pointer


def test_every_number_can_be_clicked(stand):
    for position in (
        0,
        stand.outline.completed_at(DELTA),
        stand.outline.completed_at(GRADIENT),
        stand.outline.length,
    ):
        stand.go(position)
        for ref in stand.view.refs():
            stand.heard["picked"].clear()
            stand.click(ref)
            assert stand.heard["picked"] == [ref]


@pytest.mark.parametrize("ref", [SUM, ACTIVATION, DELTA], ids=str)
def test_an_empty_place_can_be_clicked_too(stand, ref):
    stand.go(0)
    assert ref not in stand.view.refs()
    stand.click(ref)
    assert stand.heard["picked"] == [ref]


def test_an_edge_is_its_weight(stand):
    stand.go(0)
    line = stand.view._scenery.layout.edge(1, 0, 0)
    at = stand.view.board.mapFromScene(QPointF(*line.start.toward(line.end, 0.08)))
    QTest.mouseClick(stand.viewport, LEFT, pos=at)
    assert stand.heard["picked"] == [Ref("hidden2/w", cell=(0, 0))]


def test_hovering_points_and_leaving_points_at_nothing(stand):
    stand.go(stand.outline.completed_at(LOSS))
    for ref in (SUM, WEIGHT, INPUT):
        QTest.mouseMove(stand.viewport, stand.at(ref))
    QTest.mouseMove(stand.viewport, QPoint(4, 4))
    assert stand.heard["pointed"] == [SUM, WEIGHT, INPUT, None]


def test_nothing_is_picked_beside_the_numbers(stand):
    stand.go(0)
    QTest.mouseClick(stand.viewport, LEFT, pos=QPoint(4, 4))
    assert stand.heard["picked"] == []


def test_dragging_pans_a_network_that_is_larger_than_the_view(stand):
    stand.go(0)
    stand.view.zoom_in()
    stand.view.zoom_in()
    before = stand.at(WEIGHT)
    start = QPoint(300, 300)
    QTest.mousePress(stand.viewport, LEFT, pos=start)
    QTest.mouseMove(stand.viewport, start + QPoint(-30, -20))
    QTest.mouseMove(stand.viewport, start + QPoint(-60, -40))
    QTest.mouseRelease(stand.viewport, LEFT, pos=start + QPoint(-60, -40))
    assert stand.at(WEIGHT) - before == QPoint(-60, -40)
    assert stand.heard["picked"] == []


# Zoom


def turn_wheel(stand, steps, modifiers=Qt.KeyboardModifier.ControlModifier):
    at = QPointF(stand.at(WEIGHT))
    event = QWheelEvent(
        at, QPointF(stand.viewport.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(stand.viewport, event)


def test_zoom(stand):
    stand.go(0)
    assert stand.view.zoom_percent() == 100
    turn_wheel(stand, 1)
    assert stand.view.zoom_percent() == stand.view.legend.zoom == 120
    stand.view.zoom_out()
    stand.view.zoom_out()
    assert stand.view.zoom_percent() == pytest.approx(83, abs=1)
    turn_wheel(stand, 1, Qt.KeyboardModifier.NoModifier)
    assert stand.view.zoom_percent() == pytest.approx(83, abs=1)
    stand.view.fit()
    assert stand.view.zoom_percent() == 100


def test_the_network_follows_the_view_until_somebody_zooms(stand):
    stand.go(0)
    stand.view.resize(1346, 752)
    assert stand.view.zoom_percent() > 125
    stand.view.zoom_in()
    chosen = stand.view.zoom_percent()
    stand.view.resize(*CANVAS)
    assert stand.view.zoom_percent() == chosen


@pytest.mark.parametrize("size", [CANVAS, SMALL, (560, 360), (1346, 752)])
def test_all_of_it_is_in_sight(qtbot, lesson, size):
    stand = Stand(qtbot, lesson, size)
    stand.go(stand.outline.completed_at(LOSS))
    area = stand.viewport.rect()
    for ref in stand.view.refs():
        assert area.contains(stand.view.rect_of(ref).toRect()), ref


# Editing


@pytest.mark.parametrize("typed", ["0.5", ".5", "0,5", "1/2", "5e-1"])
@pytest.mark.parametrize("ref", [WEIGHT, BIAS, INPUT, TARGET], ids=str)
def test_a_number_is_edited_where_it_stands(stand, ref, typed):
    stand.go(0)
    stand.double_click(ref)
    QTest.keyClicks(stand.view.field, typed)
    QTest.keyClick(stand.view.field, Qt.Key.Key_Return)
    assert stand.heard["edited"] == [(ref, 0.5)]
    assert stand.view.field is None


@pytest.mark.parametrize("typed", ["", "half", "1/0", "inf", "0.5.5"])
def test_what_is_no_number_is_refused_where_it_is_typed(stand, typed):
    stand.go(0)
    stand.double_click(WEIGHT)
    stand.view.field.selectAll()
    QTest.keyClick(stand.view.field, Qt.Key.Key_Delete)
    QTest.keyClicks(stand.view.field, typed)
    QTest.keyClick(stand.view.field, Qt.Key.Key_Return)
    assert stand.heard["edited"] == []
    assert stand.view.field.isVisible() and stand.view.field.property("invalid")
    assert "wanted" in stand.view.field.toolTip()


def test_escape_leaves_a_number_as_it_is(stand):
    stand.go(0)
    stand.double_click(WEIGHT)
    QTest.keyClicks(stand.view.field, "7")
    QTest.keyClick(stand.view.field, Qt.Key.Key_Escape)
    assert stand.view.field is None and stand.heard["edited"] == []


@pytest.mark.parametrize("ref", [SUM, ACTIVATION, DELTA, LOSS, GRADIENT, NEW], ids=str)
def test_a_computed_number_cannot_be_edited(stand, ref):
    stand.go_to(GRADIENT if ref is GRADIENT else NEW)
    stand.double_click(ref)
    assert stand.view.field is None


@pytest.mark.parametrize(
    ("key", "text"), [(Qt.Key.Key_F2, "0.10"), (Qt.Key.Key_7, "7"), (Qt.Key.Key_Minus, "-")]
)
def test_keys_open_the_selected_number(stand, key, text):
    stand.go(0)
    stand.view.show_selection(WEIGHT)
    QTest.keyClick(stand.view.board, key)
    assert stand.view.field.text() == text


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_7])
@pytest.mark.parametrize("held", ["Control", "Alt", "Meta"])
def test_keys_with_another_one_held_open_nothing(stand, key, held):
    stand.go(0)
    stand.view.show_selection(WEIGHT)
    QTest.keyClick(stand.view.board, key, Qt.KeyboardModifier[f"{held}Modifier"])
    assert stand.view.field is None


def test_a_step_closes_the_field(stand):
    stand.go(0)
    stand.double_click(WEIGHT)
    stand.go_to(SUM)
    assert stand.view.field is None and stand.heard["edited"] == []


# Keys


class Around(QWidget):
    """What is around the canvas and gets the keys that it leaves alone."""

    def __init__(self, view):
        super().__init__()
        self.keys = []
        QVBoxLayout(self).addWidget(view)

    def keyPressEvent(self, event):
        self.keys.append(event.key())


def test_keys_that_move_through_the_lesson_pass_by(qtbot, stand):
    around = Around(stand.view)
    qtbot.addWidget(around)
    around.show()
    stand.go(0)
    stand.view.show_selection(WEIGHT)
    names = ("Left", "Right", "Up", "Down", "Space", "Home", "End", "PageUp", "PageDown", "Return", "P", "E")
    keys = [getattr(Qt.Key, f"Key_{name}") for name in names]
    for key in keys:
        QTest.keyClick(stand.view.board, key)
    assert around.keys == keys
    stand.view.setParent(None)


def test_the_canvas_can_be_reached_with_tab_and_has_a_name(stand):
    assert stand.view.board.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert stand.view.board.accessibleName() == "Network"
    stand.go_to(DELTA)
    assert "neuron 6" in stand.view.board.accessibleDescription()
