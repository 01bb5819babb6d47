"""Inputs that are dropped: how the canvas shows them, what a click says, what an edit changes, the choice."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.ref import Part, Ref
from nnviz.lessons.catalogue import from_text, load
from nnviz.lessons.layer_edits import hidden_layer
from nnviz.ui import style
from nnviz.ui.application import make_application
from nnviz.ui.layer_rows import LayerRows
from nnviz.ui.main_window import MainWindow
from nnviz.ui.new_network import NewNetwork
from nnviz.ui.picture.conditions import Condition, words_of
from nnviz.ui.tabs.learning.view import Changes
from tests.ui.stand import Stand

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton

LESSON = """
format = 1
title = "Dropout of inputs"
[network]
inputs = [{names}]
keep_inputs = 0.5
[network.initial]
method = "uniform"
seed = 3
[[network.layers]]
name = "Hidden"
units = 3
activation = "tanh"
[[network.layers]]
name = "Output"
units = 1
[data]
columns = [{names}, "y"]
rows = {rows}
[training]
loss = "squared_error"
learning_rate = 0.5
seed = 1
"""


def dropping_lesson(inputs=4):
    names = ", ".join(f'"in {i}"' for i in range(inputs))
    rows = np.round(np.random.default_rng(1).uniform(0.1, 0.9, (4, inputs + 1)), 2).tolist()
    return from_text(LESSON.format(names=names, rows=rows))


def x(cell):
    return Ref("x", cell=(cell,))


def data(cell, example=None):
    return Ref("data", cell=(cell,), example=example)


def cells(moment, is_kept):
    """The inputs that are kept or dropped for the example in focus."""
    mask = moment.array("mask").array[moment.row]
    return np.flatnonzero(mask == float(is_kept)).tolist()


@pytest.fixture
def stand(qtbot):
    one = Stand(qtbot, dropping_lesson())
    one.go(0)
    assert cells(one.moment, True) and cells(one.moment, False)
    return one


def test_dropped_inputs_are_marked_from_the_start(stand):
    parts = [item.part for item in stand.view._scenery._inputs]
    dropped = cells(stand.moment, False)
    assert [i for i, part in enumerate(parts) if part.is_dropped] == dropped
    assert [i for i, part in enumerate(parts) if part.value.value == 0.0] == dropped
    assert stand.view.legend.conditions == (Condition.DROPPED,)


def test_the_box_of_a_dropped_input_is_hatched(stand):
    image, ground = stand.viewport.grab().toImage(), QColor(style.colors().window)

    def is_hatched(cell):
        rect = stand.view.rect_of(x(cell)).toRect().adjusted(4, 4, -4, -4)
        return any(image.pixelColor(i, rect.top()) == ground for i in range(rect.left(), rect.right()))

    assert [cell for cell in range(4) if is_hatched(cell)] == cells(stand.moment, False)


def test_edges_of_dropped_inputs_are_faded(stand):
    dropped = cells(stand.moment, False)
    for (layer, _, source), (line, _) in stand.view._scenery._edges.items():
        assert line.part.is_faded is (layer == 0 and source in dropped)


def test_a_click_picks_the_input_and_its_tip_says_why(stand):
    gone, kept = cells(stand.moment, False)[0], cells(stand.moment, True)[0]
    stand.click(x(gone))
    assert stand.heard["picked"] == [x(gone)]
    assert "Dropped: its mask is 0 for this example" in stand.view._tip(stand.number(x(gone)))
    assert "Dropped" not in stand.view._tip(stand.number(x(kept)))
    assert words_of(stand.moment, data(gone)) == ""


def test_large_inputs_carry_signs(qtbot):
    stand = Stand(qtbot, dropping_lesson(60))
    stand.go(0)
    assert sorted(stand.view._scenery._strips[0].part.conditions) == cells(stand.moment, False)
    stand.viewport.grab()


# In the window


@pytest.fixture
def window(qtbot):
    make_application()
    one = MainWindow()
    qtbot.addWidget(one)
    one.open_lesson(dropping_lesson())
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    one.tabs.open("data")
    QApplication.processEvents()
    return one


def press_on(window, ref, is_double=False):
    rect = window.canvas.rect_of(ref)
    send = QTest.mouseDClick if is_double else QTest.mouseClick
    send(window.canvas.board.viewport(), LEFT, pos=rect.center().toPoint())


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_click_on_the_canvas_explains_an_input(window, is_kept):
    cell = cells(window.player.moment, is_kept)[0]
    press_on(window, x(cell))
    assert window.player.selection == x(cell)
    told = window.strip.text()
    assert f"= {1 if is_kept else 0} / 0.5 ×" in told
    assert ("is kept, and made larger by 1/ρ" if is_kept else "is dropped in this iteration") in told
    shown = next(c for c in window.tabs["data"].model.columns if (c.scope, c.cell) == ("data", (cell,)))
    assert window.tabs["data"].grid.marks[0] == shown.ref(0)


@pytest.mark.parametrize("is_kept", [True, False])
def test_typing_over_an_input_changes_the_data(window, is_kept):
    player = window.player
    cell = cells(player.moment, is_kept)[0]
    before = player.moment.value(data(cell))
    press_on(window, x(cell), is_double=True)
    field = window.canvas.field
    assert float(field.text()) == before
    field.selectAll()
    QTest.keyClicks(field, "0.25")
    QTest.keyClick(field, Key.Key_Return)
    assert player.timeline.settings(0).inputs[0, cell] == 0.25
    assert player.moment.value(x(cell)) == (0.5 if is_kept else 0.0)
    player.undo()
    assert player.timeline.settings(0).inputs[0, cell] == before


def test_the_strip_edits_the_data_as_well(window):
    cell = cells(window.player.moment, True)[0]
    press_on(window, x(cell))
    window.strip.edit_selected()
    field = window.strip.panel.field
    field.selectAll()
    QTest.keyClicks(field, "0.3")
    QTest.keyClick(field, Key.Key_Return)
    assert window.player.timeline.settings(0).inputs[0, cell] == 0.3


def test_the_data_table_shows_and_edits_what_nobody_has_dropped(window):
    player, model = window.player, window.tabs["data"].model
    values = [[model.value_at(model.index(row, i)) for i in range(4)] for row in range(4)]
    assert np.array_equal(values, player.moment.settings.inputs)
    assert [column.symbol for column in model.columns[:4]] == ["x₁", "x₂", "x₃", "x₄"]
    cell = cells(player.moment, False)[0]
    model.setData(model.index(2, cell), "0.75")
    assert player.timeline.settings(0).inputs[2, cell] == 0.75
    assert player.moment.value(data(cell, 2)) == 0.75


def test_a_number_of_the_table_shows_its_place_on_the_canvas(window):
    cell = cells(window.player.moment, True)[0]
    window.player.select(data(cell, 0))
    assert window.canvas._scenery._inputs[cell].part.value.is_selected
    assert "before dropout" in window.strip.text()


def test_stepping_and_running_with_every_tab_in_front(window):
    player = window.player
    for key in window.tabs.tabs:
        window.tabs.open(key)
        player.seek(0, 0)
        for ref in (x(0), data(0), Ref("mask", cell=(0,)), Ref("hidden/z", Part.DELTA, (0,))):
            player.select(ref)
            QApplication.processEvents()
        player.seek(2, 5)
        QApplication.processEvents()
    assert player.cursor.iteration == 2


# The choice


def type_in(qtbot, box, text):
    QApplication.processEvents()
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Key.Key_Tab)


def test_the_inputs_of_an_open_network_are_dropped_and_used_again(qtbot, window):
    learning, player = window.tabs["learning"], window.player
    window.tabs.open("learning")
    before = player.timeline.state(0).parameters
    assert learning.layers.input_keep.value() == 0.5
    for typed, wanted in (("0.8", 0.8), ("1", None)):
        type_in(qtbot, learning.layers.input_keep, typed)
        qtbot.mouseClick(learning.apply, LEFT)
        assert player.lesson.file.network.keep_inputs == wanted
        assert len(player.timeline.graph.masks) == (wanted is not None)
        assert np.array_equal(player.timeline.state(0).parameters, before)
        assert not learning.apply.isEnabled()
    player.undo()
    player.undo()
    assert learning.layers.input_keep.value() == 0.5 and player.undo_stack.count() == 2


def test_what_is_chosen_for_the_inputs_can_be_forgotten(qtbot, window):
    window.tabs.open("learning")
    type_in(qtbot, window.tabs["learning"].layers.input_keep, "0.7")
    assert window.tabs["learning"].changes == Changes(keep_inputs=0.7)
    qtbot.mouseClick(window.tabs["learning"].reset, LEFT)
    assert not window.tabs["learning"].changes


def test_pixels_are_not_offered_to_be_dropped(window):
    window.open_lesson(load("cnn-digits"))
    assert window.tabs["learning"].layers.input_keep is None


def test_a_new_network_may_drop_inputs(qtbot):
    dialog = NewNetwork()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.tabs.setCurrentIndex(1)
    made = []
    dialog.created.connect(made.append)
    type_in(qtbot, dialog.layers.input_keep, "0.8")
    qtbot.mouseClick(dialog.ok, LEFT)
    assert made[0].file.network.keep_inputs == 0.8 and len(made[0].timeline.graph.masks) == 1


def test_a_box_keeps_the_focus_without_hidden_layers(qtbot):
    rows = LayerRows()
    qtbot.addWidget(rows)
    rows.show_layers([], 1.0)
    rows.show()
    qtbot.waitExposed(rows)
    box = rows.input_keep
    rows.changed.connect(lambda: rows.show_layers(rows.tables, rows.keep_inputs))
    type_in(qtbot, box, "0.6")
    assert rows.input_keep is box and rows.keep_inputs == 0.6
    rows.add_layer()
    assert rows.keep_inputs == 0.6 and rows.tables == [hidden_layer(0)]
