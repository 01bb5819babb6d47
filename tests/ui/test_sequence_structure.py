"""Another cell, size or length of the pieces in the window: in Learning, and in the menu of a layer."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from nnviz.engine.outline import Depth
from nnviz.lessons import catalogue
from nnviz.ui.layer_menu import make_menu, scope_at
from nnviz.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(qtbot):
    def open_(name, tab="learning"):
        window = MainWindow()
        qtbot.addWidget(window)
        window.open_lesson(catalogue.load(name))
        window.show()
        window.tabs.open(tab)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QApplication.processEvents()  # all is where it stays
        return window

    return open_


def choose(chooser, key):
    """A row of the list; the offscreen screen has no keyboard for lists that open."""
    row = next(i for i, one in enumerate(chooser.offered) if one.key == key)
    chooser.setCurrentIndex(row)
    chooser.activated.emit(row)


def apply(window):
    assert window.tabs["learning"].apply.isEnabled()
    QTest.mouseClick(window.tabs["learning"].apply, LEFT)


def type_into(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def cell(window):
    table = window.player.lesson.file.network.layers[0]
    return table.kind, table.units


def walk_through(window):
    """Every depth and every table, somewhere in each pass."""
    player = window.player
    for share in (0.0, 0.3, 0.7, 0.95, 1.0):
        for depth in (Depth.TERM, Depth.NEURON, Depth.MAP, Depth.LAYER):
            player.set_depth(depth)
            player.seek(player.cursor.iteration, int(share * player.moment.outline.length))
            player.step()
        for key in window.tabs.offered:
            window.tabs.open(key)
            window.tabs[key].refresh()
        window.grab()


@pytest.mark.parametrize("name", ["three-steps", "remember-lstm", "truncated-3"])
@pytest.mark.parametrize("kind", ["recurrent", "lstm", "gru"])
def test_another_cell_is_chosen_and_taken_back(opened, name, kind):
    window = opened(name)
    before, run = cell(window), window.player.timeline
    window.player.seek(2, 0)
    rows = window.tabs["learning"].layers
    choose(rows.activations[0], kind)
    type_into(rows.units[0], str(before[1] + 1))
    apply(window)
    assert cell(window) == (kind, before[1] + 1)
    assert window.player.timeline.graph.layers[0].width == before[1] + 1
    assert window.windowTitle().count("→") == 1
    walk_through(window)
    window.player.undo()
    assert cell(window) == before and window.player.timeline is run
    assert rows.activations[0].key == before[0] and rows.units[0].value() == before[1]


def test_a_second_layer_that_remembers(opened):
    window = opened("three-steps")
    assert window.tabs["learning"].layers.removers == []
    QTest.mouseClick(window.tabs["learning"].layers.add_button, LEFT)
    assert len(window.tabs["learning"].layers.removers) == 2
    apply(window)
    assert [layer.title for layer in window.player.timeline.graph.layers] == ["Hidden", "Memory 2", "Output"]
    walk_through(window)


def test_states_are_dropped_and_symbols_are_not(opened):
    window = opened("remember-lstm")
    assert window.tabs["learning"].layers.input_keep is None
    type_into(window.tabs["learning"].layers.keeps[0], "0.5")
    apply(window)
    assert [node.scope for node in window.player.timeline.graph.masks] == ["memory/mask"]
    walk_through(window)


def test_pieces_of_another_length(opened):
    window = opened("truncated-3")
    window.player.seek(2, 0)
    weights = window.player.timeline.state(2).parameters
    type_into(window.tabs["learning"].pieces.steps, "5")
    apply(window)
    assert window.player.timeline.graph.inputs.shape[0] == 5
    assert np.array_equal(window.player.timeline.state(0).parameters, weights)
    assert "5 steps" in window.windowTitle()
    walk_through(window)
    window.player.undo()
    assert window.player.timeline.graph.inputs.shape[0] == 3


def test_pieces_that_are_longer_than_the_text_are_told(opened):
    window = opened("truncated-3")
    type_into(window.tabs["learning"].pieces.steps, "250")
    apply(window)
    assert "wanted at least 251 for 1 stream" in window.notice.text
    assert window.player.timeline.graph.inputs.shape[0] == 3


@pytest.mark.parametrize("name", ["three-steps", "remember-lstm"])
def test_sequences_that_are_whole_say_why_they_are_not_cut(opened, name):
    row = opened(name).tabs["learning"].pieces.rows[0]
    assert not row.control.isEnabled() and row.note.isVisible()
    assert row.note.text().startswith("Every sequence is read whole")


def test_batch_and_order_say_why_they_are_fixed(opened):
    window = opened("names-simple")
    form = window.tabs["learning"].training
    rows = {row.label.text(): row for row in form.rows}
    assert not form.batch.isEnabled() and not form.order.isEnabled()
    assert rows["Batch"].note.text() == "16 pieces at once, one of each reader of the text."
    assert rows["Order"].note.text().startswith("A piece goes on from the one before")
    window.try_to_open("power-plant-online")
    assert form.batch.isEnabled() and form.order.isEnabled()
    assert rows["Batch"].note.isHidden() and rows["Order"].note.isHidden()


def test_a_gradient_is_clipped_from_now_on(opened):
    window = opened("three-steps")
    assert window.tabs["learning"].training.clip.text() == "off"
    type_into(window.tabs["learning"].training.clip, "0.01")
    apply(window)
    assert window.player.timeline.program.clip == 0.01
    window.player.undo()
    assert (
        window.player.timeline.program.clip is None and window.tabs["learning"].training.clip.text() == "off"
    )


def entries(menu):
    return {action.text().partition("\t")[0]: action for action in menu.actions() if action.text()}


def test_the_menu_of_a_cell(opened):
    window = opened("three-steps", "time")
    menu = make_menu(window.context, "rnn")
    found = entries(menu)
    assert "Hidden: 2 neurons, simple" in found
    assert not found["Remove Hidden"].isEnabled()
    kinds = entries(next(one for one in menu.findChildren(QMenu) if one.title() == "Kind of cell"))
    assert [text for text, action in kinds.items() if action.isChecked()] == ["simple"]
    kinds["GRU"].trigger()
    assert cell(window) == ("gru", 2)
    entries(make_menu(window.context, "rnn"))["Add a neuron"].trigger()
    assert cell(window) == ("gru", 3)
    window.player.undo()
    window.player.undo()
    assert cell(window) == ("recurrent", 2)


def test_a_right_click_anywhere_is_about_the_cell_or_about_the_number_below(opened):
    window = opened("three-steps", "time")
    canvas = window.canvas
    assert scope_at(canvas, QPoint(2, 2)) == "rnn"
    window.player.seek(0, window.player.moment.outline.length)
    QApplication.processEvents()
    ref = next(one for one in canvas.refs() if one.scope == "output/a")
    assert scope_at(canvas, canvas.rect_of(ref).center().toPoint()) == "output"


def test_where_there_is_no_layer_the_menu_is_about_the_network(opened):
    menu = make_menu(opened("three-steps", "time").context, None)
    assert list(entries(menu))[0] == "Layers and training…" and len(entries(menu)) == 3


def test_errors_that_are_given_belong_to_their_units(opened):
    window = opened("lstm-unit")
    type_into(window.tabs["learning"].layers.units[0], "3")
    apply(window)
    assert "an error for each unit and step" in window.notice.text
    assert cell(window) == ("lstm", 2)
