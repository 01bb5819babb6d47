"""The equation strip: what it says, what can be done with it, and that all of it can be seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.ui import style
from nnviz.ui.formula_drawing import Use
from nnviz.ui.player import Player
from nnviz.ui.views.strip import EquationStrip

W86, DELTA6 = Ref("output/w", cell=(0, 0)), Ref("hidden2/z", Part.DELTA, (0,))
DELTA8 = Ref("output/z", Part.DELTA, (0,))


@pytest.fixture
def player(lesson) -> Player:
    player = Player()
    player.open(lesson)
    return player


@pytest.fixture
def strip(qtbot, player) -> EquationStrip:
    """The strip in the size it has in a window of 1440×900, at the error gradient of neuron 6."""
    style.theme().use(style.LIGHT)
    strip = EquationStrip()
    qtbot.addWidget(strip)
    strip.set_graph(player.timeline.graph, player.textbook)
    strip.resize(836, 200)
    strip.show()
    player.seek_ref(DELTA6)
    show(strip, player)
    return strip


def show(strip: EquationStrip, player: Player, ref: Ref | None = None) -> None:
    player.select(ref)
    strip.show_moment(player.moment, player.depth, player.digits)
    strip.show_selection(player.selection)
    strip.show_explanation(player.explanation)


def place(strip: EquationStrip, ref: Ref, use: Use = Use.NUMBER) -> QPoint:
    found = [p for p in strip.panel.placed.factors if p.factor.quantity.ref == ref and p.factor.use is use]
    return found[0].rect.center().toPoint()


def click(qtbot, strip: EquationStrip, ref: Ref, use: Use = Use.NUMBER) -> None:
    qtbot.mouseClick(strip.panel, Qt.MouseButton.LeftButton, pos=place(strip, ref, use))


def double_click(qtbot, strip: EquationStrip, point: QPoint) -> None:
    qtbot.mousePress(strip.panel, Qt.MouseButton.LeftButton, pos=point)
    qtbot.mouseRelease(strip.panel, Qt.MouseButton.LeftButton, pos=point)
    qtbot.mouseDClick(strip.panel, Qt.MouseButton.LeftButton, pos=point)


@pytest.mark.parametrize(
    ("ref", "use"),
    [
        (DELTA8, Use.NUMBER),
        (DELTA8, Use.SYMBOL),
        (W86, Use.NUMBER),
        (DELTA6, Use.RESULT),
        (Ref("hidden2/a", Part.SLOPE, (0,)), Use.NUMBER),
    ],
)
def test_every_factor_can_be_picked(qtbot, strip, ref, use):
    with qtbot.waitSignal(strip.picked) as caught:
        click(qtbot, strip, ref, use)
    assert caught.args == [ref]


def test_hovering_points_and_leaving_points_at_nothing(qtbot, strip):
    with qtbot.waitSignal(strip.pointed) as caught:
        qtbot.mouseMove(strip.panel, place(strip, W86))
    assert caught.args == [W86]
    with qtbot.waitSignal(strip.pointed) as caught:
        QApplication.sendEvent(strip.panel, QEvent(QEvent.Type.Leave))
    assert caught.args == [None]


def test_a_number_pointed_at_elsewhere_lights_up(strip):
    def edge() -> str:
        rect = next(
            p.rect
            for p in strip.panel.placed.factors
            if p.factor.quantity.ref == W86 and p.factor.use is Use.NUMBER
        )
        return strip.panel.grab().toImage().pixelColor(int(rect.center().x()), int(rect.top()) + 1).name()

    hue, tint = style.colors().role("positive")
    assert edge() == tint.lower()
    strip.show_pointed(Ref(W86.scope, cell=W86.cell, example=None))
    assert edge() == hue.lower()
    strip.show_pointed(None)
    assert edge() == tint.lower()


def test_the_focus_example_is_the_same_with_and_without_its_number(qtbot, strip, player):
    player.seek_ref(Ref("loss"))
    show(strip, player)
    own = next(
        p
        for p in strip.panel.placed.factors
        if p.factor.quantity.ref == Ref("output/a", cell=(0,), example=player.cursor.example)
    )
    with qtbot.waitSignal(strip.picked) as caught:
        qtbot.mouseClick(strip.panel, Qt.MouseButton.LeftButton, pos=own.rect.center().toPoint())
    assert caught.args == [Ref("output/a", cell=(0,))]


def test_the_header_says_where_we_are(strip):
    assert strip.header.badge.accessibleName() == "← Backward"
    assert strip.header.crumbs.text() == "Iteration 1 › Hidden 2 › neuron 6"
    assert not strip.header.back.isVisible() and not strip.header.go.isVisible()


def test_the_explanation_can_be_copied_and_heard(qtbot, strip):
    qtbot.mouseClick(strip.header.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text.startswith("δ₆ = (δ₈ × w₈,₆) × ∂a₆/∂z₆ = (0.0852 × 0.12) × 0.2473 = 0.0025\n")
    assert text.endswith(strip.narration.text())
    assert strip.accessibleDescription() == text
    assert strip.accessibleName() == "Iteration 1 › Hidden 2 › neuron 6"


def test_a_selected_number_leads_back_and_to_its_step(qtbot, strip, player):
    show(strip, player, DELTA8)
    assert strip.header.back.isVisible() and strip.header.go.isVisible() and not strip.header.edit.isVisible()
    with qtbot.waitSignal(strip.went_to) as caught:
        qtbot.mouseClick(strip.header.go, Qt.MouseButton.LeftButton)
    assert caught.args == [DELTA8]
    with qtbot.waitSignal(strip.dismissed):
        qtbot.mouseClick(strip.header.back, Qt.MouseButton.LeftButton)


def test_data_is_given_and_can_be_edited(qtbot, strip, player):
    show(strip, player, W86)
    assert strip.text().startswith("w₈,₆ = 0.12 (given)")
    assert strip.header.edit.isVisible() and not strip.header.go.isVisible()
    double_click(qtbot, strip, place(strip, W86))
    field = strip.panel.field
    assert field is not None and field.text() == "0.12" and field.selectedText() == "0.12"
    field.clear()
    qtbot.keyClicks(field, "1/2")
    with qtbot.waitSignal(strip.edited) as caught:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert caught.args == [W86, 0.5]
    assert strip.panel.field is None


def test_a_factor_can_be_edited_where_it_stands(qtbot, strip):
    double_click(qtbot, strip, place(strip, W86))
    assert strip.panel.field is not None
    qtbot.keyClick(strip.panel.field, Qt.Key.Key_Escape)
    assert strip.panel.field is None


def test_computed_numbers_cannot_be_edited(qtbot, strip):
    double_click(qtbot, strip, place(strip, DELTA8))
    assert strip.panel.field is None


@pytest.mark.parametrize("typed", ["", "a half", "1/0", "1e999", "0,5,5"])
def test_what_is_not_a_number_is_refused_where_it_is_typed(qtbot, strip, player, typed):
    show(strip, player, W86)
    told = strip.narration.text()
    qtbot.keyClick(strip, Qt.Key.Key_F2)
    field = strip.panel.field
    assert field is not None
    field.clear()
    qtbot.keyClicks(field, typed)
    with qtbot.assertNotEmitted(strip.edited):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert strip.panel.field is field and field.property("invalid")
    assert "wanted" in strip.narration.text()
    qtbot.keyClicks(field, "7")
    assert not field.property("invalid") and strip.narration.text() == told
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert strip.panel.field is None and strip.narration.text() == told


def test_an_unchanged_number_is_not_an_edit(qtbot, strip, player):
    show(strip, player, W86)
    strip.edit_selected()
    with qtbot.assertNotEmitted(strip.edited):
        qtbot.keyClick(strip.panel.field, Qt.Key.Key_Return)
    assert strip.panel.field is None


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_PageDown]
)
def test_keys_reach_the_window(qtbot, player, key):
    window = QWidget()
    qtbot.addWidget(window)
    strip = EquationStrip()
    QVBoxLayout(window).addWidget(strip)
    shortcut = QShortcut(key, window)
    window.resize(836, 230)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    player.seek_ref(DELTA6)
    show(strip, player)
    strip.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(shortcut.activated):
        qtbot.keyClick(strip, key)


def test_the_strip_is_a_stop_of_the_tab_key_and_its_parts_take_no_keys(strip):
    assert strip.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert strip.area.focusPolicy() is Qt.FocusPolicy.NoFocus
    assert strip.panel.focusPolicy() is Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize("size", [(836, 200), (686, 170), (480, 150)])
@pytest.mark.parametrize("digits", [2, 4, 10])
@pytest.mark.parametrize("depth", [Depth.NEURON, Depth.LAYER])
def test_nothing_is_cut_off(strip, player, depth, digits, size):
    strip.resize(*size)
    player.set_digits(digits)
    player.set_depth(depth)
    player.to_start()
    while player.cursor.iteration == 0 and player.cursor.position < player.moment.outline.length:
        player.step()
        show(strip, player)
        assert not strip.area.horizontalScrollBar().maximum()
        assert not strip.narration_area.verticalScrollBar().maximum()
        assert strip.narration_area.geometry().bottom() < strip.height()
        assert strip.area.geometry().bottom() < strip.narration_area.geometry().top()
        scrolls = strip.area.verticalScrollBar().maximum() > 0
        assert scrolls == (strip.panel.placed.height > strip.area.height())


@pytest.mark.parametrize("width", [480, 510, 686, 836, 1200])
@pytest.mark.parametrize("ref", [DELTA8, W86, Ref("hidden2/a", Part.SLOPE, (0,)), Ref("x", cell=(0,))])
def test_the_header_gets_by_with_fewer_words(strip, player, ref, width):
    show(strip, player, ref)
    strip.resize(width, 200)
    header = strip.header
    assert header.crumbs.sizeHint().width() <= header.crumbs.width()
    assert header.copy.geometry().right() < header.width()
    if width == 836:
        assert header.back.text() == "Back to the step (Esc)"
        assert header.crumbs.text().startswith("Iteration 1 › ")


def test_a_narration_without_equations_stands_alone(strip, player):
    player.to_start()
    show(strip, player)
    assert not strip.area.isVisible()
    assert strip.narration.text().startswith("Nothing is computed yet")
    assert not strip.header.badge.isVisible()


def test_the_result_just_computed_is_filled_and_a_selected_one_is_not(strip, player):
    def inside() -> str:
        rect = next(p.rect for p in strip.panel.placed.factors if p.factor.use is Use.RESULT)
        point = (rect.topLeft() + QPointF(6, 6)).toPoint()
        return strip.panel.grab().toImage().pixelColor(point).name()

    hue = style.colors().backward.lower()
    assert inside() == hue
    show(strip, player, DELTA6)
    assert inside() != hue


def test_the_theme_switches_live(strip):
    def bar() -> str:
        return strip.grab().toImage().pixelColor(2, 100).name()

    try:
        assert bar() == style.LIGHT.backward.lower()
        style.theme().use(style.DARK)
        assert bar() == style.DARK.backward.lower()
    finally:
        style.theme().use(style.LIGHT)
