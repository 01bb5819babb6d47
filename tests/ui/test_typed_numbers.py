"""A number that is typed means what nnviz prints, in every field and in every locale."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication

from nnviz.engine.numbers import show
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.lessons.catalogue import from_text
from nnviz.ui.main_window import MainWindow
from nnviz.ui.number_boxes import CountBox, NumberBox
from nnviz.ui.number_edit import NumberEdit
from nnviz.ui.number_field import NumberField

HOUSES = """
format = 1
title = "House prices by the square foot"
[network]
inputs = ["area"]
[[network.layers]]
name = "Price"
units = 1
activation = "identity"
weights = [[0, 0.1]]
[data]
columns = ["area", "price"]
rows = [[2104, 399.9], [1600, 329.9], [2400, 369.0], [1416, 232.0]]
[training]
loss = "squared_error"
learning_rate = 1e-8
[start]
views = ["data"]
"""
AREA = Ref("x", Part.VALUE, (0,))
LOCALES = ["C", "en_US", "de_DE", "de_CH", "fr_FR", "hi_IN", "ar_EG", "fa_IR", "sv_SE"]


@pytest.fixture(params=LOCALES)
def locale(request):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.fixture
def window(qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    window.open_lesson(from_text(HOUSES))
    window.show()
    return window


def area_of(window):
    return float(window.player.timeline.settings(0).inputs[0, 0])


def open_cell(window, qtbot):
    """The editor over the first area of the data table."""
    grid = window.tabs["data"].grid
    index = grid.table.index(0, 0)
    grid.setCurrentIndex(index)
    grid.edit(index)
    return grid, grid.findChild(NumberEdit)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("1,650", 1650), ("1650", 1650), ("1.65", 1.65), ("0,5", 0.5), ("1/2", 0.5), ("5e-1", 0.5)],
)
def test_a_cell_of_the_data_reads_thousands_as_it_shows_them(window, qtbot, typed, stored):
    assert window.tabs["data"].grid.table.text_at(window.tabs["data"].grid.table.index(0, 0)) == "2,104"
    _, editor = open_cell(window, qtbot)
    editor.selectAll()
    qtbot.keyClicks(editor, typed)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: area_of(window) == stored)


def test_a_cell_that_shows_no_thousands_says_why_it_refuses_a_comma(window, qtbot):
    grid = window.tabs["data"].grid
    index = grid.table.index(0, 1)
    grid.setCurrentIndex(index)
    grid.edit(index)
    editor = grid.findChild(NumberEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "1,650")
    assert not editor.hasAcceptableInput() and "1650 or 1.650" in editor.toolTip()


def test_a_pasted_number_is_read_as_its_cell_is_shown(window, qtbot):
    grid = window.tabs["data"].grid
    grid.setCurrentIndex(grid.table.index(0, 0))
    QGuiApplication.clipboard().setText("1,650")
    grid.paste()
    assert area_of(window) == 1650
    grid.setCurrentIndex(grid.table.index(0, 1))
    grid.paste()
    assert window.player.timeline.settings(0).targets[0, 0] == 399.9
    assert "1650 or 1.650" in window.tabs["data"].message.text()


def test_a_field_on_the_canvas_reads_thousands_as_it_shows_them(window, qtbot):
    window.canvas.open_field(AREA)
    assert window.canvas.field.text() == "2104"
    window.canvas.field.selectAll()
    qtbot.keyClicks(window.canvas.field, "1,650")
    qtbot.keyClick(window.canvas.field, Qt.Key.Key_Return)
    assert area_of(window) == 1650
    window.canvas.open_field(Ref("price/w", Part.VALUE, (0, 0)))
    window.canvas.field.selectAll()
    qtbot.keyClicks(window.canvas.field, "1,650")
    qtbot.keyClick(window.canvas.field, Qt.Key.Key_Return)
    assert window.canvas.field is not None and "1650 or 1.650" in window.canvas.field.toolTip()


@pytest.mark.parametrize("value", [2104.0, -2104.0, 999.0, 1234567.0, 1e9, 3.1e-6, -0.00061, 1 / 3, 0.0])
@pytest.mark.parametrize("decimals", [None, 0, 2])
def test_what_a_field_shows_is_what_it_reads(qtbot, locale, value, decimals):
    shown = show(value, 6, decimals)
    field = NumberField(shown)
    qtbot.addWidget(field)
    read = []
    field.accepted.connect(read.append)
    field.setText(shown)
    field.accept()
    expected = float(shown.replace(",", "").replace("−", "-"))
    assert read == [expected] or ("," not in shown and read == [])  # untouched: nothing is taken


@pytest.mark.parametrize("rate", [2104.0, 1e-8, 0.5, 1650.0])
def test_the_learning_rate_is_read_as_it_is_shown(window, qtbot, rate):
    window.canvas.edited.emit(LEARNING_RATE, rate)
    shown = window.tabs["data"].alpha.text()
    window.tabs["data"].alpha.setText(shown)
    assert window.tabs["data"].alpha.value == pytest.approx(rate, rel=1e-3)
    qtbot.keyClick(window.tabs["data"].alpha, Qt.Key.Key_Return)
    assert window.player.timeline.settings(0).learning_rate == pytest.approx(rate, rel=1e-3)


@pytest.mark.parametrize("value", [0, 7, 999, 1000, 50_000, 999_999])
def test_a_counter_reads_what_it_shows_and_thousands(qtbot, locale, value):
    box = CountBox("Points", 0, 999_999)
    qtbot.addWidget(box)
    box.setValue(value)
    for text in (box.text(), f"{value:,}", str(value)):
        assert box.text().isascii()
        assert box.validate(text, 0)[0] == box.validate("1", 0)[0] and box.valueFromText(text) == value


@pytest.mark.parametrize("typed", ["0,5", "1,5", "2.5", "1,50"])
def test_a_counter_takes_no_decimals(qtbot, typed):
    box = CountBox("Points", 0, 999_999)
    qtbot.addWidget(box)
    assert box.validate(typed, 0)[0] != box.validate("1", 0)[0]


@pytest.mark.parametrize("value", [0.0, 1e-9, 0.001, 0.5, 1650.0, 123456.789, 1e6])
def test_a_box_reads_what_it_shows(qtbot, locale, value):
    box = NumberBox("L2", 0.0)
    qtbot.addWidget(box)
    box.setValue(value)
    assert box.valueFromText(box.text()) == value


def test_a_box_says_how_to_write_what_may_be_two_numbers(qtbot):
    box = NumberBox("L2", 0.0)
    qtbot.addWidget(box)
    said = []
    box.refused.connect(said.append)
    box.setValue(1500.0)
    assert box.fixup("1,650") == "1,650"
    assert said[-1] == (
        "Found 1,650, which may be 1650 or 1.650, wanted 0 or more, at most 1,000,000. It is still 1500."
    )


def test_a_field_in_a_formula_reads_thousands_as_it_shows_them(window, qtbot):
    window.player.seek(0, 2)
    window.strip.edit_number(AREA)
    field = window.strip.panel.field
    assert field.text() == "2104"
    field.selectAll()
    qtbot.keyClicks(field, "1,650")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert area_of(window) == 1650


def in_cell(window, qtbot):
    window.tabs.open("data")
    return open_cell(window, qtbot)[1], lambda: window.tabs["data"].message.text()


def in_rate(window, qtbot):
    window.tabs.open("data")
    window.tabs["data"].alpha.setFocus()
    window.tabs["data"].alpha.selectAll()
    return window.tabs["data"].alpha, lambda: window.tabs["data"].message.text()


def on_canvas(window, qtbot):
    window.canvas.open_field(AREA)
    return window.canvas.field, lambda: window.canvas.field.toolTip()


def in_matrix(window, qtbot):
    window.tabs.open("matrices")
    window.tabs["matrices"].canvas.open_field(Ref("price/w", Part.VALUE, (0, 0)))
    return window.tabs["matrices"].canvas.field, lambda: window.tabs["matrices"].canvas.field.toolTip()


def in_formula(window, qtbot):
    window.player.seek(0, 2)
    window.strip.edit_number(AREA)
    return window.strip.panel.field, lambda: window.strip.narration.text()


def in_form(window, qtbot):
    window.tabs.open("learning")
    box = window.tabs["learning"].training.rate
    box.setFocus()
    box.selectAll()
    (row,) = [row for row in window.tabs["learning"].training.rows if row.control is box]
    return box, lambda: row.note.text()


@pytest.mark.parametrize("way", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
@pytest.mark.parametrize("typed", ["0.77g", "x"])
@pytest.mark.parametrize("begin", [in_cell, in_rate, on_canvas, in_matrix, in_formula, in_form])
def test_letters_are_refused_in_words(window, qtbot, begin, typed, way):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    field, said = begin(window, qtbot)
    before = window.player.timeline
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, way)
    words = said().lower()
    assert "found" in words and typed in words and "wanted" in words
    assert window.player.timeline is before
    assert begin is in_form or (field.text() == typed and field.hasFocus())


@pytest.mark.parametrize("begin", [in_cell, in_rate])
def test_an_empty_field_is_refused_in_words(window, qtbot, begin):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    field, said = begin(window, qtbot)
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "wanted a number" in said()
