"""The data table: what it shows, and what may be typed and pasted into it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMainWindow

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.engine.timeline import Edit
from nnviz.lessons import catalogue
from nnviz.resources import resource
from nnviz.ui.cells import number_width
from nnviz.ui.number_edit import NumberEdit
from nnviz.ui.tabs.data.view import DataView

Key = Qt.Key
RAW_T, X1, RAW_H, X2, RAW_P, T8 = range(6)
CONTROL = Qt.KeyboardModifier.ControlModifier


def show(view, lesson, example=1, iteration=0, position=0, digits=4, timeline=None):
    walk = Walk(timeline or lesson.timeline)
    view.show_moment(
        resolve(walk, Cursor(iteration, position, example), lesson.textbook), Depth.NEURON, digits
    )


def opened(qtbot, lesson, symbols=()):
    view = DataView()
    view.symbols = symbols
    qtbot.addWidget(view)
    view.resize(350, 420)
    view.set_graph(lesson.timeline.graph, lesson.textbook)
    show(view, lesson, example=min(1, lesson.timeline.examples - 1))
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    return view


@pytest.fixture
def view(qtbot, lesson):
    return opened(qtbot, lesson)


def click(qtbot, view, row, column, double=False):
    where = view.grid.visualRect(view.model.index(row, column)).center()
    qtbot.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    if double:  # as a real mouse does it: the second press comes as a double click
        qtbot.mouseDClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)


def editor(view):
    return view.grid.viewport().findChild(NumberEdit)


def texts(view):
    model = view.model
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


# What it shows


def test_raw_and_prepared_columns_stand_side_by_side(view):
    assert [column.symbol for column in view.model.columns] == ["raw", "x₁", "raw", "x₂", "raw", "t₈"]
    assert texts(view)[1] == ["31.41", "0.84", "68.50", "0.58", "430.37", "0.13"]


@pytest.mark.parametrize(
    ("name", "symbols", "second"),
    [
        ("xor", ["x₁", "x₂", "t₅"], ["0", "1", "1"]),
        ("power-plant-softmax", ["raw", "x₁", "raw", "x₂", "raw", "low", "medium", "high"], None),
        ("vanishing-gradient", ["x₁", "t₄"], None),
    ],
)
def test_other_lessons(qtbot, name, symbols, second):
    view = opened(qtbot, catalogue.load(name))
    assert [column.symbol for column in view.model.columns] == symbols
    assert second is None or texts(view)[1] == second
    assert all(all(row) for row in texts(view))


@pytest.mark.parametrize("name", [entry.name for entry in catalogue.entries()])
def test_no_number_is_wider_than_its_column(qtbot, name):
    view = opened(qtbot, catalogue.load(name))
    for column in range(view.model.columnCount()):
        for text in view.model.first_texts(column, view.model.rowCount()):
            assert number_width(text) + 4 <= view.grid.columnWidth(column)


@pytest.mark.parametrize(
    "name", ["iris", "sunspots", "power-plant-softmax", "truncated-3", "remember-lstm", "names-simple"]
)
@pytest.mark.parametrize("most", [7, 200])
def test_equal_numbers_of_a_column_are_measured_once(qtbot, name, most):
    lesson = catalogue.load(name)
    view = opened(qtbot, lesson, lesson.sequence.symbols if lesson.sequence else ())
    rows = range(min(most, view.model.rowCount()))
    for column in range(view.model.columnCount()):
        all_texts = [view.model.text_at(view.model.index(row, column)) for row in rows]
        measured = view.model.first_texts(column, most)
        assert set(measured) == set(all_texts)
        if view.model.columns[column].is_editable:
            assert len(measured) <= len(set(all_texts)) + 1  # zeros where a sequence has ended show nothing


def test_data_of_examples_outside_the_batch_is_shown_as_well(qtbot):
    text = resource("lessons", "10-power-plant-logistic.nnviz.toml").read_text(encoding="utf-8")
    view = opened(qtbot, catalogue.from_text(text.replace('batch = "all"', "batch = 2")))
    assert texts(view)[3][X1] == "0.53"
    assert view.batch_text.text() == "Mini-batch: one update from d₁…d₂, 2 of 4 examples."


def test_alpha_is_hidden_where_nothing_learns(qtbot, view):
    assert view.alpha.isVisible() and view.alpha.text() == "0.2"
    assert not opened(qtbot, catalogue.load("xor")).alpha.isVisible()


# Picking


@pytest.mark.parametrize(
    ("row", "column", "ref"),
    [
        (1, X1, Ref("x", Part.VALUE, (0,), 1)),
        (3, T8, Ref("t", Part.VALUE, (0,), 3)),
        (2, RAW_H, Ref("x", Part.RAW, (1,), 2)),
    ],
)
def test_every_number_can_be_picked(qtbot, lesson, view, row, column, ref):
    with qtbot.waitSignal(view.picked) as picked:
        click(qtbot, view, row, column)
    assert picked.args == [ref]
    assert view.moment.value(ref) is not None


def test_hovering_points_at_a_number(qtbot, view):
    with qtbot.waitSignal(view.pointed) as pointed:
        qtbot.mouseMove(view.grid.viewport(), view.grid.visualRect(view.model.index(2, X2)).center())
    assert pointed.args == [Ref("x", Part.VALUE, (1,), 2)]


def test_a_row_header_puts_its_example_into_focus(qtbot, view):
    header = view.grid.verticalHeader()
    with qtbot.waitSignal(view.focused) as focused:
        where = header.viewport().rect().topLeft()
        where.setX(8)
        where.setY(header.sectionViewportPosition(2) + 10)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert focused.args == [2]


# Typing


@pytest.mark.parametrize("typed", ["0.5", ".5", "0,5", "1/2", "5e-1"])
@pytest.mark.parametrize("by", ["double click", "F2"])
def test_a_prepared_number_is_edited_in_place(qtbot, view, typed, by):
    click(qtbot, view, 2, X2, double=by == "double click")
    if by == "F2":
        qtbot.keyClick(view.grid, Key.Key_F2)
    field = editor(view)
    field.selectAll()
    qtbot.keyClicks(field, typed)
    with qtbot.waitSignal(view.edited) as edited:
        qtbot.keyClick(field, Key.Key_Return)
    assert edited.args == [Ref("x", Part.VALUE, (1,), 2), 0.5]


@pytest.mark.parametrize("typed", ["", "abc", "1/0", "1e999", "0.5.5", "nan"])
@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Tab])
def test_what_is_no_number_is_marked_and_never_committed(qtbot, view, typed, key):
    click(qtbot, view, 1, X1, double=True)
    field = editor(view)
    field.selectAll()
    qtbot.keyClick(field, Key.Key_Delete)
    qtbot.keyClicks(field, typed)
    assert field.property("invalid") is True
    assert "wanted" in field.toolTip()
    with qtbot.assertNotEmitted(view.edited, wait=20):
        qtbot.keyClick(field, key)
        assert field.isVisible()
        view.alpha.setFocus()
    assert texts(view)[1][X1] == "0.84"


def test_a_mark_goes_when_the_number_is_right(qtbot, view):
    click(qtbot, view, 1, X1, double=True)
    field = editor(view)
    field.selectAll()
    qtbot.keyClicks(field, "0.9x")
    assert field.property("invalid") is True
    qtbot.keyClick(field, Key.Key_Backspace)
    assert field.property("invalid") is False


def test_raw_numbers_cannot_be_edited(qtbot, view):
    click(qtbot, view, 1, RAW_T, double=True)
    assert editor(view) is None


def test_an_unchanged_number_is_no_edit(qtbot, view):
    click(qtbot, view, 1, X1, double=True)
    with qtbot.assertNotEmitted(view.edited, wait=20):
        qtbot.keyClick(editor(view), Key.Key_Return)


def test_an_edit_shows_in_the_table(lesson, view):
    ref = Ref("x", Part.VALUE, (0,), 1)
    show(view, lesson, timeline=lesson.timeline.edited(Edit(0, ((ref, 0.375),))))
    assert texts(view)[1][X1] == "0.375"


# The learning rate


def test_the_learning_rate_can_be_edited(qtbot, view):
    qtbot.mouseClick(view.alpha, Qt.MouseButton.LeftButton)
    view.alpha.selectAll()
    qtbot.keyClicks(view.alpha, "1/4")
    with qtbot.waitSignal(view.edited) as edited:
        qtbot.keyClick(view.alpha, Key.Key_Return)
    assert edited.args == [LEARNING_RATE, 0.25]


@pytest.mark.parametrize("typed", ["0", "-0,3", "-0"])
def test_a_learning_rate_that_no_lesson_could_have_is_refused_in_words(qtbot, view, typed):
    qtbot.mouseClick(view.alpha, Qt.MouseButton.LeftButton)
    view.alpha.selectAll()
    qtbot.keyClicks(view.alpha, typed)
    with qtbot.assertNotEmitted(view.edited, wait=20):
        qtbot.keyClick(view.alpha, Key.Key_Return)
    assert "wanted more than 0" in view.message.text()
    view.grid.setFocus()
    assert view.alpha.text() == "0.2"


def test_a_bad_learning_rate_is_marked_and_taken_back(qtbot, lesson, view):
    with qtbot.waitSignal(view.picked) as picked:
        qtbot.mouseClick(view.alpha, Qt.MouseButton.LeftButton)
    assert picked.args == [LEARNING_RATE]
    view.alpha.selectAll()
    qtbot.keyClicks(view.alpha, "fast")
    assert view.alpha.property("invalid") is True
    with qtbot.assertNotEmitted(view.edited, wait=20):
        qtbot.keyClick(view.alpha, Key.Key_Return)
        show(view, lesson)
        assert view.alpha.text() == "fast"
        view.grid.setFocus()
    assert view.alpha.text() == "0.2"
    assert view.alpha.property("invalid") is False


def test_escape_takes_back_what_was_typed(qtbot, view):
    qtbot.mouseClick(view.alpha, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(view.alpha, "7")
    qtbot.keyClick(view.alpha, Key.Key_Escape)
    assert view.alpha.text() == "0.2"


# Copy and paste


def paste(qtbot, view, row, column, text):
    click(qtbot, view, row, column)
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(view.grid, Key.Key_V, CONTROL)


def x(cell, row):
    return Ref("x", Part.VALUE, (cell,), row)


@pytest.mark.parametrize(
    ("row", "column", "text", "values"),
    [
        (
            0,
            X1,
            "0,1\r\n0,2\r\n0,3\r\n0,4\r\n",
            ((x(0, 0), 0.1), (x(0, 1), 0.2), (x(0, 2), 0.3), (x(0, 3), 0.4)),
        ),
        (2, X1, "1\t2\n3\t4", ((x(0, 2), 1.0), (x(1, 2), 2.0), (x(0, 3), 3.0), (x(1, 3), 4.0))),
        (3, T8, "1/2", ((Ref("t", Part.VALUE, (0,), 3), 0.5),)),
    ],
)
def test_a_column_or_block_is_pasted_at_once(qtbot, view, row, column, text, values):
    with qtbot.waitSignal(view.edited_many) as edited:
        paste(qtbot, view, row, column, text)
    assert edited.args == [values]
    assert not view.message.isVisible()


@pytest.mark.parametrize(
    ("row", "column", "text", "words"),
    [
        (0, X1, "0.1\nabc\n0.3", ("Row d₂", "column x₁", "“abc”", "Nothing was pasted")),
        (0, X2, "0.1\n0.2\n\n0.4", ("Row d₃", "column x₂")),
        (2, X1, "1\n2\n3", ("3 rows", "2")),
        (0, T8, "1\t2", ("2 columns",)),
        (0, RAW_T, "1", ("Raw data",)),
        (0, X1, "inf", ("Row d₁", "column x₁")),
    ],
)
def test_a_bad_block_is_refused_whole_and_explained(qtbot, view, row, column, text, words):
    with qtbot.assertNotEmitted(view.edited_many, wait=20):
        paste(qtbot, view, row, column, text)
    assert view.message.isVisible()
    assert all(word in view.message.text() for word in words), view.message.text()


def test_chosen_cells_are_copied_with_all_their_digits(qtbot, lesson, view):
    ref = Ref("x", Part.VALUE, (0,), 1)
    show(view, lesson, timeline=lesson.timeline.edited(Edit(0, ((ref, -1 / 3),))))
    click(qtbot, view, 1, X1)
    start, end = (view.grid.visualRect(view.model.index(*cell)).center() for cell in ((1, X1), (2, RAW_H)))
    qtbot.mousePress(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view.grid.viewport(), end)
    qtbot.mouseRelease(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=end)
    qtbot.keyClick(view.grid, Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "-0.3333333333333333\t68.5\n0.5\t30.59"


# Keys that belong to the window


@pytest.mark.parametrize(
    "key", [Key.Key_Right, Key.Key_Left, Key.Key_Down, Key.Key_Space, Key.Key_P, Key.Key_Return]
)
def test_plain_keys_go_to_the_window(qtbot, lesson, key):
    window = QMainWindow()
    qtbot.addWidget(window)
    view = DataView()
    window.setCentralWidget(view)
    view.set_graph(lesson.timeline.graph, lesson.textbook)
    show(view, lesson)
    action = QAction(window)
    action.setShortcut(QKeySequence(key))
    window.addAction(action)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    click(qtbot, view, 1, X1)
    here = view.grid.currentIndex()
    with qtbot.waitSignal(action.triggered, timeout=500):
        qtbot.keyClick(view.grid, key)
    assert view.grid.currentIndex() == here


def test_tab_goes_through_the_cells_and_out_behind_the_last(qtbot, view):
    click(qtbot, view, 3, RAW_P)
    qtbot.keyClick(view.grid, Key.Key_Tab)
    assert (view.grid.currentIndex().row(), view.grid.currentIndex().column()) == (3, T8)
    qtbot.keyClick(view.grid, Key.Key_Tab)
    assert not view.grid.hasFocus()


def test_stepping_does_not_close_an_open_field(qtbot, lesson, view):
    click(qtbot, view, 1, X1, double=True)
    field = editor(view)
    field.selectAll()
    qtbot.keyClicks(field, "0.7")
    show(view, lesson, position=20)
    assert field.isVisible() and field.text() == "0.7"
