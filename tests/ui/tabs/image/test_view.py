"""The image tab: pixels that can be picked, typed over and drawn on, and the classes below them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnviz.engine.ref import Ref
from nnviz.lessons.lesson import ImageInfo
from nnviz.ui.number_field import NumberField
from nnviz.ui.tabs.image.view import ImageView
from tests.ui.image_stand import (
    FOUR,
    INFO,
    LEFT,
    PixelStand,
    center,
    classifier,
    click,
    double_click,
    maps_only,
    move,
    pixel,
)

Key = Qt.Key


@pytest.fixture
def four(qtbot):
    return PixelStand(qtbot, maps_only(), INFO)


@pytest.fixture
def digit(qtbot):
    return PixelStand(qtbot, classifier((1, 28, 28), 10), ImageInfo("Digit", 28, 28, ("",), 0.0, 1.0))


# What it shows


def test_every_pixel_is_drawn_once_and_picked_by_a_click(four):
    placed = dict(four.grid.placed())
    assert list(placed) == [pixel(r, c) for r, c in np.ndindex(6, 6)]
    for ref in placed:
        click(four.grid, ref)
    assert four.heard["picked"] == list(placed)


@pytest.mark.parametrize("size", [(350, 480), (300, 300), (700, 900)])
@pytest.mark.parametrize("shape", [(1, 6, 6), (3, 4, 4), (1, 28, 28), (1, 3, 9)])
def test_the_image_stays_inside_and_its_cells_do_not_overlap(qtbot, shape, size):
    stand = PixelStand(qtbot, classifier(shape), size=size)
    placed = [rect for _, rect in stand.grid.placed()]
    assert all(stand.grid.rect().toRectF().contains(rect) for rect in placed)
    assert all(not a.intersects(b) for a, b in zip(placed, placed[1:], strict=False))
    assert stand.view._body.width() <= size[0], "it has to be scrolled sideways"


def test_numbers_stand_in_the_cells_where_there_is_room(four, digit):
    assert four.grid.number_size(four.grid.planes().cell) >= 12
    assert digit.grid.number_size(digit.grid.planes().cell) == 0


def test_the_heading_says_what_the_image_is(four):
    assert (four.view.heading.text(), four.view.about.text()) == ("Image of a 4", "6 × 6, 0 … 255")


def test_paper_is_light_and_ink_dark_in_the_light_theme(four):
    shot = four.grid.grab().toImage()
    corner = four.grid.rect_of(pixel(0, 0)).topLeft().toPoint()
    inked = four.grid.rect_of(pixel(1, 1)).topLeft().toPoint()
    offset = center(four.grid, pixel(0, 0)) - corner
    offset.setY(5)
    assert shot.pixelColor(corner + offset).lightness() > 240
    assert shot.pixelColor(inked + offset).lightness() < 60


def test_channels_side_by_side_or_chosen(qtbot):
    small = PixelStand(qtbot, classifier((3, 3, 3)), ImageInfo("", 3, 3, ("red", "green", "blue"), 0.0, 1.0))
    assert {ref.cell[0] for ref, _ in small.grid.placed()} == {0, 1, 2}
    assert small.view.channels.isHidden()
    large = PixelStand(
        qtbot, classifier((3, 12, 12)), ImageInfo("", 12, 12, ("red", "green", "blue"), 0.0, 1.0)
    )
    assert {ref.cell[0] for ref, _ in large.grid.placed()} == {0}
    assert [button.text() for button in large.view.channels.buttons] == ["red", "green", "blue"]
    QTest.mouseClick(large.view.channels.buttons[2], LEFT)
    assert {ref.cell[0] for ref, _ in large.grid.placed()} == {2}
    click(large.grid, pixel(4, 5, 2))
    assert large.heard["picked"] == [pixel(4, 5, 2)]


def test_an_edit_shows_through_the_moment(four):
    four.edit([(pixel(0, 0), 99.0)])
    assert four.grid.values[0, 0, 0] == 99.0


def test_another_example(qtbot):
    stand = PixelStand(qtbot, classifier(examples=2))
    stand.example = 1
    stand.go(0)
    assert np.array_equal(stand.grid.values, stand.timeline.settings(0).inputs[1])


@pytest.mark.parametrize(
    ("image", "scale"),
    [(FOUR, (0, 255, False)), (FOUR / 1000, (0, 1, False)), (FOUR - 100, (-155, 155, True))],
)
def test_without_a_range_the_numbers_give_it(qtbot, image, scale):
    stand = PixelStand(qtbot, maps_only(image))
    found = stand.grid.scale
    assert (found.low, found.high, found.is_signed) == scale


# Pointer and keys


def test_hovering_points_and_leaving_does_not(four):
    move(four.grid, center(four.grid, pixel(2, 3)))
    move(four.grid, center(four.grid, pixel(2, 3)))
    move(four.grid, four.grid.rect().topLeft())
    assert four.heard["pointed"] == [pixel(2, 3), None]


def test_a_double_click_types_over_a_pixel(qtbot, four):
    double_click(four.grid, pixel(2, 2))
    field = four.grid.findChild(NumberField)
    assert field.text() == "0" and field.hasFocus()
    QTest.keyClicks(field, "7.5")
    QTest.keyClick(field, Key.Key_Return)
    assert four.heard["edited_many"] == [((pixel(2, 2), 7.5),)]


def test_a_typed_digit_replaces_the_picked_pixel_and_escape_gives_up(qtbot, four):
    click(four.grid, pixel(2, 2))
    four.grid.setFocus()
    QTest.keyClicks(four.grid, "9")
    field = four.grid.field
    assert field.text() == "9"
    QTest.keyClick(field, Key.Key_Escape)
    assert four.heard["edited_many"] == [] and four.grid.field is None


def test_a_digit_is_left_to_the_window_once_nothing_is_selected(four):
    click(four.grid, pixel(2, 2))
    four.view.show_selection(None)
    QTest.keyClicks(four.grid, "9")
    assert four.grid.field is None


def test_hovering_over_other_numbers_does_not_close_the_field(four):
    double_click(four.grid, pixel(2, 2))
    move(four.grid, center(four.grid, pixel(5, 5)))
    assert four.heard["pointed"][-1] == pixel(5, 5) and four.grid.field is not None
    four.view.refresh()  # as after a change of the theme
    assert four.grid.field is not None


def test_what_is_no_number_stays_open(four):
    double_click(four.grid, pixel(2, 2))
    QTest.keyClicks(four.grid.field, "ink")
    QTest.keyClick(four.grid.field, Key.Key_Return)
    assert four.heard["edited_many"] == [] and four.grid.field is not None


def test_arrows_walk_only_for_those_who_came_by_tab(four):
    click(four.grid, pixel(2, 2))
    four.heard["picked"].clear()
    QTest.keyClick(four.grid, Key.Key_Right)
    assert four.heard["picked"] == []
    four.grid.clearFocus()
    four.grid.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_Left, Key.Key_Up):
        QTest.keyClick(four.grid, key)
    assert [ref.cell[1:] for ref in four.heard["picked"]] == [(2, 3), (3, 3), (3, 2), (2, 2)]


def test_walking_stops_at_the_edges(four):
    four.grid.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Key.Key_Left, Key.Key_Up):
        QTest.keyClick(four.grid, key)
    assert four.heard["picked"] == []


def test_tools_are_reached_by_tab_and_name_their_key(four):
    tools = four.view.tools
    buttons = [*tools.tools.values(), tools.clear, *tools.shifts.values(), tools.load, tools.original]
    for button in buttons:
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert button.shortcut().toString() in button.toolTip() and button.accessibleName()
        assert not button.icon().isNull()
    assert len({button.shortcut().toString() for button in buttons}) == len(buttons)


# Classes


def test_bars_are_empty_until_the_output_is_computed(digit):
    assert digit.bars.values == [None] * 10 and digit.bars.largest is None
    assert digit.view.state.text() == "not computed yet"
    digit.go_to("out/a", 9)
    assert sum(digit.bars.values) == pytest.approx(1)
    assert digit.bars.largest == int(np.argmax(digit.bars.values))
    assert digit.view.state.text() != "not computed yet"


def test_a_part_of_the_outputs_has_no_largest(qtbot):
    stand = PixelStand(qtbot, classifier())
    stand.go_to("out/a", 1)
    assert None not in stand.bars.values[:2] and stand.bars.values[2] is None
    assert stand.bars.largest is None and stand.view.state.text() == "not computed yet"


def test_every_bar_is_picked_and_hovered(digit):
    digit.go_to_end()
    wanted = [Ref("out/a", cell=(i,)) for i in range(10)]
    assert [ref for ref, _ in digit.bars.placed()] == wanted
    for ref in wanted:
        click(digit.bars, ref)
    assert digit.heard["picked"] == wanted


@pytest.mark.parametrize("classes", [3, 5, 6, 10])
@pytest.mark.parametrize("width", [300, 350])
def test_rows_of_classes_do_not_overlap_and_bars_have_room(qtbot, classes, width):
    stand = PixelStand(
        qtbot, classifier(classes=classes), classes=[f"class {i}" for i in range(classes)], size=(width, 480)
    )
    rows = [stand.bars._row(i) for i in range(classes)]
    assert all(not a.intersects(b) for i, a in enumerate(rows) for b in rows[:i])
    assert all(stand.bars.rect().toRectF().contains(row) for row in rows)
    taken = stand.bars._name_width() + stand.bars._number_width()
    assert min(row.width() for row in rows) - taken >= 30


def test_names_and_target(qtbot):
    stand = PixelStand(qtbot, classifier(classes=3), classes=("cat", "dog", "cow"))
    assert stand.bars.names == ("cat", "dog", "cow") and stand.bars.target == 0
    stand.example = 1
    stand.go(0)
    assert stand.bars.target == 1
    stand.view.set_classes(())
    assert stand.bars.names == ("1", "2", "3")


def test_live_is_on_for_classifiers_and_tells_only_what_the_user_does(digit):
    assert digit.view.is_live and digit.toggles == []
    QTest.mouseClick(digit.view.live, LEFT, pos=digit.view.live.rect().center() / 8)
    assert not digit.view.is_live and digit.toggles == [False]


def test_networks_without_classes_have_no_bars(four):
    assert not four.view.is_live and not four.view.bars.isVisible()
    assert four.view.bars.names == ()


def test_a_network_without_an_image_shows_nothing(qtbot, lesson):
    view = ImageView()
    qtbot.addWidget(view)
    view.set_graph(lesson.timeline.graph, lesson.textbook)
    view.show()
    assert not view.grid.isVisible()
