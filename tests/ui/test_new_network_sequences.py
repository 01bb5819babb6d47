"""The dialog “New network” with sequences, used with real keys and clicks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnviz.ui.main_window import MainWindow
from nnviz.ui.new_network import NewNetwork

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot):
    one = NewNetwork()
    qtbot.addWidget(one)
    one.show()
    qtbot.waitExposed(one)
    return one


def choose(chooser, key):
    """A row of the list; the offscreen screen has no keyboard for lists that open."""
    row = next(i for i, one in enumerate(chooser.offered) if one.key == key)
    chooser.setCurrentIndex(row)
    chooser.activated.emit(row)


def type_into(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Tab)


def shown(dialog):
    return [row.label.text() for row in dialog.data.rows if not row.control.isHidden()]


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("first_names", ["Data", "Steps", "Validation", "Test"]),
        ("text", ["Data", "Text", "Steps", "Validation", "Test"]),
        ("remember", ["Data", "Distance", "Lines", "Validation", "Test", "Seed"]),
        ("moons", ["Data", "Points", "Noise", "Validation", "Test", "Seed"]),
    ],
)
def test_only_what_matters_is_asked(dialog, source, rows):
    choose(dialog.data.source, source)
    assert shown(dialog) == rows


def test_a_text_is_typed_and_read(dialog, qtbot):
    choose(dialog.data.source, "text")
    assert dialog.ok.isEnabled() and dialog.lesson.sequence.streams == 2
    dialog.data.text.setFocus()
    QTest.keyClick(dialog.data.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(dialog.data.text, Qt.Key.Key_Delete)
    assert not dialog.ok.isEnabled() and dialog.message.text() == "Type or paste a text to read."
    QTest.keyClicks(dialog.data.text, "tick tock " * 12)
    assert dialog.data.text.hasFocus() and dialog.ok.isEnabled()
    assert dialog.title.text().startswith("6 symbols – Memory 32 – Output 6")
    assert dialog.preview.lines.toPlainText() == " ".join(["tick tock"] * 12)
    with qtbot.waitSignal(dialog.created) as created:
        QTest.mouseClick(dialog.ok, LEFT)
    assert created.args[0].sequence.symbols == tuple(" cikot")


def test_layers_are_cells_and_their_kind_is_chosen(dialog):
    choose(dialog.data.source, "remember")
    rows = dialog.layers
    assert rows.input_keep is None and rows.removers == []
    choose(rows.activations[0], "gru")
    assert dialog.lesson.file.network.layers[0].kind == "gru"
    assert "GRU: " in rows.note.text() and "remember more" in rows.note.text()
    choose(dialog.data.source, "spirals")
    assert dialog.lesson.file.network.layers[0].kind == "dense" and rows.input_keep is not None


def test_batches_that_belong_together_cannot_be_chosen(dialog):
    choose(dialog.data.source, "first_names")
    assert not dialog.training.batch.isEnabled()
    choose(dialog.data.source, "moons")
    assert dialog.training.batch.isEnabled()


def test_another_distance_draws_other_lines(dialog):
    choose(dialog.data.source, "remember")
    assert dialog.lesson.timeline.graph.inputs.shape == (11, 5)
    type_into(dialog.data.distance, "30")
    assert dialog.lesson.timeline.graph.inputs.shape == (31, 5)
    assert len(dialog.preview.lines.toPlainText().split()[0]) == 31


def test_what_is_made_opens_and_runs(dialog, qtbot):
    choose(dialog.data.source, "text")
    dialog.data.text.setPlainText("abcabd " * 40)
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    dialog.created.connect(window.open_lesson)
    QTest.mouseClick(dialog.ok, LEFT)
    player = window.player
    for _ in range(4):
        player.step()
    player.timeline.extend(40)
    player.seek(40, 0)
    for key in window.tabs.offered:
        window.tabs.open(key)
        window.tabs[key].refresh()
    assert window.loss.has_validation and player.moment.validation
    assert window.tabs["time"].symbols == ("␣", *"abcd")
    window.tabs.open("time")
    player.timeline.extend(400)
    player.seek(440, 0)
    qtbot.waitUntil(lambda: window.tabs["time"].names.text().count("Abcabd") > 1)
