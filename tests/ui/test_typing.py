"""Numbers are typed one after the other, as in a table, and none of their keys is taken for a command."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QObject, QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from nnviz.engine.outline import Depth
from nnviz.lessons import catalogue
from nnviz.ui import typing_guard
from nnviz.ui.main_window import MainWindow

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
SHIFT, PLAIN = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def opened(qtbot):
    def open_lesson(name):
        window = MainWindow()
        qtbot.addWidget(window)
        window.open_lesson(catalogue.load(name))
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.canvas.setFocus()
        return window

    return open_lesson


def keys(text):
    """Typed at whatever has the focus, as a person does."""
    names = {"\t": Key.Key_Tab, "\n": Key.Key_Return, "<": Key.Key_Backtab}
    for character in text:
        target = QApplication.focusWidget()
        if character in names:
            QTest.keyClick(target, names[character], SHIFT if character == "<" else PLAIN)
        else:
            QTest.keyClicks(target, character)
        QApplication.processEvents()


def ref(window, address):
    return window.player.notation.parse(address)


def values(window, *addresses):
    return [window.player.moment.value(ref(window, address)) for address in addresses]


def shown(window, one):
    return window.player.moment.value(one)


def double_click(widget, rect):
    QTest.mouseClick(widget, LEFT, pos=rect.center().toPoint())
    QTest.mouseDClick(widget, LEFT, pos=rect.center().toPoint())


def on_canvas(window):
    double_click(window.canvas.board.viewport(), window.canvas.rect_of(ref(window, "w[3,1]")))


def in_formula(window):
    window.player.step()
    window.player.select(ref(window, "w[3,1]"))
    window.strip.edit_selected()


@pytest.mark.parametrize("begin", [on_canvas, in_formula])
def test_tab_leads_through_a_matrix_of_weights(opened, begin):
    window = opened("power-plant-logistic")
    begin(window)
    depth = window.player.depth
    keys("0.11\t0.12\t0.21\t0.22")
    keys("<0.25<\t\n")
    assert values(window, "w[3,1]", "w[3,2]", "w[4,1]", "w[4,2]") == [0.11, 0.12, 0.25, 0.22]
    assert window.player.depth is depth


def sheet_of(window, position=1):
    """What the Matrices tab shows after some steps."""
    window.tabs.open("matrices")
    window.player.seek(0, position)
    QApplication.processEvents()
    return window.tabs["matrices"].canvas


def row_of(window, canvas, label, row):
    """The numbers of a row that can be typed over."""
    (block, *_) = [placed.block for placed in canvas.sheet.blocks if placed.block.label == label]
    entries = [block.entry(row, column) for column in range(block.columns)]
    return [one for one in entries if window.player.moment.can_edit(one)]


MATRICES = (
    ("power-plant-logistic", 1, "W^{(1)}", 0),  # with the bias in front, which the picture has elsewhere
    ("power-plant-logistic", 1, "W^{(1)}", 1),
    ("power-plant-logistic", 1, "X", 2),  # the examples beside each other
    ("softmax-by-hand", 1, "W^{(1)}", 0),
    ("overfitting-plain", 81, "W^{(2)}", 3),  # too many weights for the picture
    ("three-steps", 43, "W^{(2)}", 0),
)


@pytest.mark.parametrize(("name", "position", "label", "row"), MATRICES)
def test_tab_leads_along_a_row_of_a_matrix_and_back(opened, name, position, label, row):
    window = opened(name)
    canvas = sheet_of(window, position)
    refs = row_of(window, canvas, label, row)
    depth = window.player.depth
    double_click(canvas, canvas.rect_of(refs[0]))
    typed = [round(0.31 + place / 100, 2) for place in range(len(refs))]
    keys("\t".join(map(str, typed)))
    assert [shown(window, one) for one in refs[:-1]] == typed[:-1]
    keys("<" * (len(refs) - 1) + "0.77")
    assert canvas.field is not None and canvas.isAncestorOf(QApplication.focusWidget())
    keys("\n")
    assert [shown(window, one) for one in refs] == [0.77, *typed[1:]]
    assert window.player.depth is depth


def numbers_of_page(window, position):
    """The Matrices tab and all numbers of its page that can be typed over."""
    canvas = sheet_of(window, position)
    refs = [one for one, _ in canvas.placed() if window.player.moment.can_edit(one)]
    return canvas, list(dict.fromkeys(refs))


PAGES = (("power-plant-logistic", 1, 9), ("softmax-by-hand", 1, 9))


@pytest.mark.parametrize(("name", "position", "weights"), PAGES)
def test_tab_leads_from_the_last_number_of_a_matrix_into_the_next_and_back(opened, name, position, weights):
    window = opened(name)
    canvas, refs = numbers_of_page(window, position)
    last, first = refs[weights - 1 : weights + 1]
    assert last.scope != first.scope
    double_click(canvas, canvas.rect_of(last))
    keys("0.41\t0.42<")
    assert (shown(window, last), shown(window, first)) == (0.41, 0.42)
    keys("0.43\t\n")
    assert (shown(window, last), shown(window, first)) == (0.43, 0.42)


@pytest.mark.parametrize("typed", ["0.51", ""])
@pytest.mark.parametrize(("place", "way"), [(-1, "\t"), (0, "<")])
@pytest.mark.parametrize("name", ["power-plant-logistic", "softmax-by-hand"])
def test_at_the_ends_of_a_page_typing_ends(opened, name, place, way, typed):
    window = opened(name)
    canvas, refs = numbers_of_page(window, 1)
    numbers, depth, digits = shown(window, refs[place]), window.player.depth, window.player.digits
    double_click(canvas, canvas.rect_of(refs[place]))
    keys(f"{typed}{way}3")
    assert canvas.field is None
    assert shown(window, refs[place]) == (float(typed) if typed else numbers)
    assert (window.player.depth, window.player.digits) == (depth, digits)
    assert window.notice.text == "No further number can be typed here."
    QTest.mouseClick(canvas, LEFT, pos=canvas.rect_of(refs[place]).center().toPoint())
    keys("0.6\n")
    assert shown(window, refs[place]) == 0.6


@pytest.mark.parametrize(("way", "place"), [("\t", 2), ("<", 0)])
def test_behind_enter_tab_goes_on_in_the_row_below(opened, way, place):
    window = opened("power-plant-logistic")
    canvas = sheet_of(window)
    above, below = (row_of(window, canvas, "W^{(1)}", row) for row in (0, 1))
    double_click(canvas, canvas.rect_of(above[1]))
    keys(f"0.4\n{way}0.6\n")
    assert (shown(window, above[1]), shown(window, below[place])) == (0.4, 0.6)


@pytest.mark.parametrize("begin", [on_canvas, in_formula])
@pytest.mark.parametrize("first", ["0.4\n", "\n"])
def test_behind_enter_tab_goes_on_to_the_number_beside(opened, begin, first):
    window = opened("power-plant-logistic")
    begin(window)
    depth = window.player.depth
    keys(f"{first}\t0.6\n\t0.7\n<0.65\n<<0.5\n")
    assert values(window, "w[3,1]", "w[3,2]", "w[4,1]") == [0.5, 0.65, 0.7]
    assert window.player.depth is depth


@pytest.mark.parametrize("begin", [on_canvas, in_formula])
def test_tab_goes_on_from_enter_alone_and_leaves_at_the_ends(opened, begin):
    window = opened("power-plant-logistic")
    begin(window)
    keys("0.4\n")
    here = QApplication.focusWidget()
    keys("<")
    assert QApplication.focusWidget() is not here
    keys("\t\t")
    assert window.canvas.field is None and window.strip.panel.field is None


@pytest.mark.parametrize("begin", [on_canvas, in_formula])
@pytest.mark.parametrize(
    "leave",
    [
        lambda window: QTest.keyClick(window, Key.Key_Escape),
        lambda window: QTest.keyClick(window, Key.Key_Right),
        lambda window: click_in(window, "w[3,1]"),
        lambda window: QTest.mouseClick(window.canvas.board.viewport(), LEFT, pos=QPoint(5, 5)),
        lambda window: (window.toolbar.setFocus(), window.canvas.setFocus()),
    ],
)
def test_behind_anything_else_tab_leaves_canvas_and_formula(opened, begin, leave):
    window = opened("power-plant-logistic")
    begin(window)
    keys("0.4\n")
    leave(window)
    keys("\t")
    assert window.canvas.field is None and window.strip.panel.field is None


def click_in(window, address):
    viewport = window.canvas.board.viewport()
    QTest.mouseClick(viewport, LEFT, pos=window.canvas.rect_of(ref(window, address)).center().toPoint())


@pytest.mark.parametrize(
    "leave",
    [
        lambda window: QTest.keyClick(window, Key.Key_Escape),
        lambda window: QTest.keyClick(window, Key.Key_Right),
        lambda window: QTest.mouseClick(window.tabs["matrices"].canvas, LEFT, pos=QPoint(2, 2)),
    ],
)
def test_behind_anything_else_tab_leaves_the_matrix(opened, leave):
    window = opened("power-plant-logistic")
    canvas = sheet_of(window)
    double_click(canvas, canvas.rect_of(ref(window, "w[3,1]")))
    keys("0.4\n")
    leave(window)
    keys("\t")
    assert canvas.field is None and QApplication.focusWidget() is not canvas


def test_tab_leads_through_what_a_matrix_does_not_show(opened):
    window = opened("lenet-5")
    canvas = sheet_of(window, 436781)  # one sum of the output layer
    last = row_of(window, canvas, "W^{(7)}", 0)[-1]
    behind = replace(last, cell=(last.cell[0], last.cell[1] + 1))
    assert canvas.rect_of(behind) is None
    double_click(canvas, canvas.rect_of(last))
    keys("0.5\t0.6\n")
    assert (shown(window, last), shown(window, behind)) == (0.5, 0.6)


def test_tab_ends_with_the_matrix_and_digits_are_no_depths_there(opened):
    window = opened("power-plant-logistic")
    window.player.select(ref(window, "w[8,7]"))
    window.canvas.setFocus()
    depth, digits, example = window.player.depth, window.player.digits, window.player.cursor.example
    keys("0.7\t3ed")
    assert window.player.depth is depth
    assert (window.player.digits, window.player.cursor.example) == (digits, example)


def test_a_wrong_number_is_not_left(opened):
    window = opened("power-plant-logistic")
    on_canvas(window)
    keys("0.1.1\t")
    assert window.canvas.field is not None and window.canvas.field.text() == "0.1.1"
    keys("\t")
    assert window.canvas.field is not None


def test_tab_leads_over_a_number_that_stays(opened):
    window = opened("power-plant-logistic")
    before = values(window, "w[3,1]", "w[3,2]")
    on_canvas(window)
    keys("\t\t0.5\n")
    assert values(window, "w[3,1]", "w[3,2]", "w[4,1]") == [*before, 0.5]


def test_numbers_of_a_filter_are_typed_row_by_row(opened):
    window = opened("cnn-by-hand")
    window.tabs.open("filters")
    QApplication.processEvents()
    grid = window.tabs["filters"].grid
    first, second, third = [one for one, _ in grid.placed()][:3]
    below = grid.neighbor(first, 1, 0)
    double_click(grid, grid.rect_of(first))
    depth = window.player.depth
    keys("1.5\t2.5\t3.5<<7\n")
    assert [shown(window, one) for one in (first, second, third)] == [7, 2.5, 3.5]
    keys("4.5\n")
    assert shown(window, below) == 4.5
    assert window.player.depth is depth


def test_pixels_are_typed_one_after_the_other(opened):
    window = opened("image-of-a-4")
    QApplication.processEvents()
    grid = window.tabs["image"].grid
    first, second = [one for one, _ in grid.placed()][:2]
    double_click(grid, grid.rect_of(first))
    depth = window.player.depth
    keys("0.25\t0.5\n0.75\n")
    below = grid.neighbor(second, 1, 0)
    assert [shown(window, one) for one in (first, second, below)] == [0.25, 0.5, 0.75]
    assert window.player.depth is depth


def test_cells_of_the_data_are_typed_as_in_a_table(opened):
    window = opened("power-plant-logistic")
    window.tabs.open("data")
    QApplication.processEvents()
    grid = window.tabs["data"].grid
    columns = [i for i, column in enumerate(window.tabs["data"].model.columns) if column.is_editable]
    cell = grid.visualRect(window.tabs["data"].model.index(0, columns[0]))
    QTest.mouseClick(grid.viewport(), LEFT, pos=cell.center())
    QTest.mouseDClick(grid.viewport(), LEFT, pos=cell.center())
    depth = window.player.depth
    keys("0.31\t0.32\t0.33\t0.41<0.34\n0.44\n")
    settings = window.player.timeline.settings(0)
    assert settings.inputs[0].tolist() == [0.31, 0.32]
    assert settings.targets[0, 0] == 0.34 and settings.targets[1, 0] == 0.44
    assert window.player.depth is depth


def test_a_field_that_is_closed_under_the_fingers_leaves_no_commands(opened):
    window = opened("power-plant-logistic")
    on_canvas(window)
    depth, example = window.player.depth, window.player.cursor.example
    keys("0.")
    window.player.step()
    keys("3e")
    assert window.player.depth is depth and window.player.cursor.example == example


@pytest.mark.parametrize("way", ["\t", "\n"])
def test_behind_the_learning_rate_a_digit_is_no_depth(opened, way):
    window = opened("power-plant-logistic")
    window.tabs.open("data")
    window.tabs["data"].alpha.setFocus()
    depth = window.player.depth
    window.tabs["data"].alpha.selectAll()
    keys(f"0.3{way}5")
    assert window.player.depth is depth and window.player.moment.learning_rate == 0.3


def typed_into(window):
    field = QLineEdit(window)
    field.show()
    field.setFocus()
    QApplication.processEvents()
    keys("1")
    return field


@pytest.mark.parametrize(
    ("act", "answers"),
    [
        (lambda window: None, False),
        (lambda window: QTest.keyClick(window.canvas.board, Key.Key_Right), True),
        (lambda window: QTest.mouseClick(window.strip, LEFT, pos=QPoint(60, 5)), True),
    ],
)
def test_another_key_or_the_mouse_ends_the_typing(opened, act, answers):
    window = opened("power-plant-logistic")
    typed_into(window)
    window.canvas.setFocus()
    act(window)
    QTest.keyClick(window.canvas.board, Key.Key_4)
    assert (window.player.depth is Depth.PASS) is answers


def test_after_enter_letters_and_digits_are_commands_soon(opened, qtbot, monkeypatch):
    monkeypatch.setattr(typing_guard, "AFTERWARDS", 150)
    window = opened("power-plant-logistic")
    field = typed_into(window)
    QTest.keyClick(field, Key.Key_Return)
    window.canvas.setFocus()
    digits = window.player.digits
    keys("4d")
    assert window.player.depth is not Depth.PASS and window.player.digits == digits
    qtbot.wait(250)
    keys("4d")
    assert window.player.depth is Depth.PASS and window.player.digits == digits + 1


def in_matrix(window):
    canvas = sheet_of(window)
    double_click(canvas, canvas.rect_of(ref(window, "w[3,1]")))


def in_alpha(window):
    window.tabs.open("data")
    window.tabs["data"].alpha.setFocus()
    window.tabs["data"].alpha.selectAll()


def in_data(window):
    window.tabs.open("data")
    QApplication.processEvents()
    grid, columns = window.tabs["data"].grid, window.tabs["data"].model.columns
    place = next(i for i, column in enumerate(columns) if column.is_editable)
    double_click(grid.viewport(), QRectF(grid.visualRect(window.tabs["data"].model.index(0, place))))


def in_training(window):
    window.tabs.open("learning")
    rate = window.tabs["learning"].training.rate
    rate.setFocus()
    rate.selectAll()


FIELDS = (on_canvas, in_formula, in_matrix, in_alpha, in_data, in_training)


@pytest.mark.parametrize("begin", FIELDS)
@pytest.mark.parametrize("end", ["\n", "\t"])
def test_behind_every_number_letters_are_no_commands(opened, begin, end):
    window = opened("power-plant-logistic")
    begin(window)
    depth, digits, cursor = window.player.depth, window.player.digits, window.player.cursor
    keys(f"0.3{end}bd")
    assert window.right.isVisible()
    assert (window.player.depth, window.player.digits, window.player.cursor) == (depth, digits, cursor)


@pytest.mark.parametrize("begin", [on_canvas, in_alpha])
def test_whoever_goes_on_after_enter_has_all_commands(opened, begin):
    window = opened("power-plant-logistic")
    begin(window)
    keys("0.3\n")
    QTest.keyClick(QApplication.focusWidget() or window, Key.Key_Right)
    digits = window.player.digits
    QTest.keyClicks(QApplication.focusWidget() or window, "d")
    assert window.player.digits == digits + 1


def test_a_field_that_was_only_looked_at_holds_nothing_back(opened):
    window = opened("power-plant-logistic")
    on_canvas(window)
    QTest.keyClick(window.canvas.field, Key.Key_Escape)
    window.player.select(None)
    QTest.keyClick(window.canvas.board, Key.Key_4)
    assert window.player.depth is Depth.PASS


def test_a_field_that_is_gone_with_its_dialog_is_not_followed_any_more(qtbot):
    parent, gone, next_one = QObject(), QLineEdit(), QLineEdit()
    qtbot.addWidget(next_one)
    guard = typing_guard.TypingGuard(parent)
    guard.follow(gone)
    QTest.keyClicks(gone, "12")
    shiboken6.delete(gone)
    guard.follow(None)
    assert guard.holds_digits and guard.holds_letters
    guard.follow(next_one)
    assert not guard.holds_digits


def on_what_is_computed(window):
    window.player.step()
    window.player.step()
    double_click(window.canvas.board.viewport(), window.canvas.rect_of(ref(window, "z[3]")))


def beside_the_matrix(window):
    window.tabs.open("matrices")
    window.player.step()
    QApplication.processEvents()
    double_click(window.tabs["matrices"].canvas, QRectF(0, 0, 4, 4))


def beside_the_network(window):
    double_click(window.canvas.board.viewport(), QRectF(2, 2, 4, 4))


def on_raw_data(window):
    window.tabs.open("data")
    QApplication.processEvents()
    grid, columns = window.tabs["data"].grid, window.tabs["data"].model.columns
    raw = next(i for i, one in enumerate(columns) if not one.is_editable)
    double_click(grid.viewport(), QRectF(grid.visualRect(window.tabs["data"].model.index(1, raw))))


@pytest.mark.parametrize("typed", ["0.95", "0.95\n", "3", "3\n"])
@pytest.mark.parametrize("begin", [on_what_is_computed, beside_the_matrix, beside_the_network, on_raw_data])
def test_a_number_typed_where_none_can_be_is_no_depth(opened, begin, typed):
    window = opened("power-plant-logistic")
    begin(window)
    depth, cursor = window.player.depth, window.player.cursor
    keys(typed)
    assert (window.player.depth, window.player.cursor) == (depth, cursor)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Right)
    keys("4")
    assert window.player.depth is (Depth.NEURON if begin is on_raw_data else Depth.PASS)


def test_enter_is_a_command_behind_a_double_click_alone(opened):
    window = opened("power-plant-logistic")
    beside_the_network(window)
    cursor = window.player.cursor
    keys("\n")
    assert window.player.cursor != cursor


def test_raw_data_says_why_it_cannot_be_typed_over(opened):
    window = opened("power-plant-logistic")
    on_raw_data(window)
    assert "Raw data" in window.notice.text
    window.say("")
    keys("7")
    assert "Raw data" in window.notice.text


def test_tab_and_enter_stop_only_where_something_can_be_typed(opened):
    window = opened("power-plant-logistic")
    window.tabs.open("data")
    QApplication.processEvents()
    grid, columns = window.tabs["data"].grid, window.tabs["data"].model.columns
    grid.setFocus()
    seen = []
    for way in "\t\t\t\t<\t\t\t":
        keys(way)
        seen.append((grid.currentIndex().row(), grid.currentIndex().column()))
    places = [(row, i) for row in range(3) for i, one in enumerate(columns) if one.is_editable]
    assert seen == [*places[:4], *places[2:6]]
    keys("0.31\n\t0.32\n")
    inputs = window.player.timeline.settings(0)
    assert 0.31 in inputs.inputs[1] or 0.31 in inputs.targets[1]
    assert 0.32 in inputs.inputs[2] or 0.32 in inputs.inputs[3] or 0.32 in inputs.targets[2]
