"""A network of one's own in the window: made, trained, changed, undone and saved with real keys and mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nnviz.engine.ref import LEARNING_RATE
from nnviz.lessons import catalogue
from nnviz.lessons.build import build
from nnviz.lessons.composing import CSV, DataChoice, compose, suggested
from nnviz.ui.application import make_application
from nnviz.ui.main_window import MainWindow
from nnviz.ui.new_network import NewNetwork

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot):
    make_application()
    one = MainWindow()
    qtbot.addWidget(one)
    one.open_lesson(catalogue.load("power-plant-logistic"))
    one.show()
    activate(qtbot, one)
    return one


def activate(qtbot, window):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def click(qtbot, button):
    QApplication.processEvents()
    qtbot.mouseClick(button, LEFT)


def type_in(qtbot, box, text):
    """With real keys, once the box stands in its place."""
    QApplication.processEvents()
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Key.Key_Tab)


def choose(qtbot, chooser, key):
    """Choose with the keyboard, as in any list: down or up to it."""
    QApplication.processEvents()
    chooser.setFocus()
    place = [one.key for one in chooser.offered].index(key)
    for _ in range(abs(place - chooser.currentIndex())):
        qtbot.keyClick(chooser, Key.Key_Down if chooser.currentIndex() < place else Key.Key_Up)
    assert chooser.key == key


def parameters(window, iteration=0):
    return window.player.timeline.state(iteration).parameters.copy()


def sizes(window):
    return [layer.units for layer in window.player.timeline.graph.layers]


def test_three_keys_lead_to_a_network_that_learns_the_spirals(window, qtbot):
    press(qtbot, window, Key.Key_N, CONTROL)
    dialog = window.findChild(NewNetwork)
    assert dialog is not None and dialog.isVisible()
    qtbot.keyClick(dialog.data.source, Key.Key_Return)
    assert window.windowTitle() == "Spirals: 2 – 8 – 8 – 1 – nnviz"
    activate(qtbot, window)
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=110_000)
    assert window.player.timeline.training[-1].accuracy > 0.97
    assert window.strip.explanation.equations  # in full again


def test_words_alone_are_shown_while_a_run_hurries_on(window, qtbot):
    seen = []
    window.player.moment_changed.connect(
        lambda: seen.append((window.player.is_running, bool(window.strip.explanation.equations)))
    )
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: len(seen) > 2)
    press(qtbot, window, Key.Key_G)
    assert (True, False) in seen and (True, True) not in seen
    assert window.strip.explanation.equations


def test_another_rate_goes_on_in_the_same_run_and_can_be_undone(window, qtbot):
    window.player.timeline.extend(3)
    window.player.seek(2, 0)
    before = parameters(window, 2)
    press(qtbot, window, Key.Key_E, CONTROL)
    assert window.tabs.front == "learning"
    assert not window.tabs["learning"].apply.isEnabled()
    type_in(qtbot, window.tabs["learning"].training.rate, "1/2")
    click(qtbot, window.tabs["learning"].apply)
    assert np.array_equal(parameters(window, 2), before) and window.player.cursor.iteration == 2
    assert [window.player.timeline.settings(k).learning_rate for k in (1, 2)] == [0.2, 0.5]
    assert window.player.undo_stack.undoText() == "change of the training"
    assert not window.tabs["learning"].apply.isEnabled()
    window.canvas.setFocus()
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert window.player.timeline.settings(2).learning_rate == 0.2
    assert window.player.cursor.iteration == 2
    assert window.tabs["learning"].training.rate.value() == 0.2


def test_layers_are_added_changed_and_removed(window, qtbot):
    press(qtbot, window, Key.Key_E, CONTROL)
    learning = window.tabs["learning"]
    click(qtbot, learning.layers.add_button)
    type_in(qtbot, learning.layers.units[0], "5")
    click(qtbot, learning.apply)
    assert sizes(window) == [5, 2, 2, 1]
    click(qtbot, learning.layers.removers[1])
    click(qtbot, learning.apply)
    assert sizes(window) == [5, 2, 1]
    window.player.undo()
    window.player.undo()
    assert sizes(window) == [3, 2, 1]
    assert [box.value() for box in learning.layers.units] == [3, 2]


def test_the_title_tells_the_sizes_as_they_are(window, qtbot):
    window.open_lesson(build("own", compose(suggested())))
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.tabs["learning"].layers.units[0], "5")
    click(qtbot, window.tabs["learning"].apply)
    assert window.windowTitle() == "Spirals: 2 – 5 – 8 – 1 – nnviz"
    assert window.toolbar._lesson.text().startswith("Spirals: 2 – 5 – 8 – 1")
    click(qtbot, window.tabs["learning"].layers.removers[1])
    click(qtbot, window.tabs["learning"].apply)
    assert window.windowTitle() == "Spirals: 2 – 5 – 1 – nnviz"
    window.player.undo()
    window.player.undo()
    assert window.windowTitle() == "Spirals: 2 – 8 – 8 – 1 – nnviz"


def test_activation_and_dropout_of_a_layer(window, qtbot):
    layers = window.tabs["learning"].layers
    press(qtbot, window, Key.Key_E, CONTROL)
    choose(qtbot, layers.activations[1], "relu")
    type_in(qtbot, layers.keeps[0], "0.5")
    click(qtbot, window.tabs["learning"].apply)
    made = window.player.lesson.file.network.layers
    assert (made[1].activation, made[0].keep) == ("relu", 0.5)
    assert len(window.player.timeline.graph.masks) == 1


def test_keys_in_a_list_choose_and_do_not_move_the_lesson(window, qtbot):
    press(qtbot, window, Key.Key_E, CONTROL)
    before = window.player.cursor
    choose(qtbot, window.tabs["learning"].training.optimizer, "adam")
    qtbot.keyClick(window.tabs["learning"].training.optimizer, Key.Key_M)
    assert window.tabs["learning"].training.optimizer.key == "momentum"
    assert window.player.cursor == before


def test_the_choice_in_focus_is_explained(window, qtbot):
    press(qtbot, window, Key.Key_E, CONTROL)
    learning = window.tabs["learning"]
    assert "Goes on from the weights" in learning.note.text()
    choose(qtbot, learning.training.optimizer, "momentum")
    assert "like a ball that rolls" in learning.note.text()
    qtbot.keyClick(learning.training.optimizer, Key.Key_Tab)
    assert learning.note.text().startswith("α, the size of a step")
    window.canvas.setFocus()
    assert "Goes on from the weights" in learning.note.text()


def test_reset_forgets_what_was_not_applied(window, qtbot):
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.tabs["learning"].training.l2, "0.1")
    click(qtbot, window.tabs["learning"].layers.removers[0])
    assert window.tabs["learning"].reset.isEnabled()
    click(qtbot, window.tabs["learning"].reset)
    assert not window.tabs["learning"].changes and not window.tabs["learning"].reset.isEnabled()
    assert window.player.undo_stack.count() == 0


def test_a_rate_that_is_typed_elsewhere_is_shown(window):
    window.player.edit(window.player.notation.parse("alpha"), 0.7)
    assert window.tabs["learning"].training.rate.value() == 0.7


def test_convolutions_stay_and_dense_layers_may_join_them(window, qtbot):
    window.open_lesson(catalogue.load("cnn-digits"))
    press(qtbot, window, Key.Key_E, CONTROL)
    click(qtbot, window.tabs["learning"].layers.add_button)
    type_in(qtbot, window.tabs["learning"].layers.units[0], "6")
    click(qtbot, window.tabs["learning"].apply)
    assert [layer.scope for layer in window.player.timeline.graph.layers][-2:] == ["hidden1", "output"]
    assert np.array_equal(
        parameters(window)[:36], catalogue.load("cnn-digits").timeline.state(0).parameters[:36]
    )


def test_a_lesson_that_does_not_train_offers_no_training(window):
    window.open_lesson(catalogue.load("image-of-a-4"))
    assert not window.tabs["learning"].training.isVisibleTo(window.tabs["learning"])


def test_restart_with_other_weights_again_and_again(window, qtbot):
    window.player.timeline.extend(2)
    window.player.seek(2, 0)
    seen = [parameters(window)]
    for _ in range(2):
        press(qtbot, window, Key.Key_R, SHIFT)
        seen.append(parameters(window))
        assert window.player.cursor.iteration == 0 and window.player.cursor.position == 0
    assert not any(np.array_equal(a, b) for i, a in enumerate(seen) for b in seen[:i])
    window.player.undo()
    window.player.undo()
    assert np.array_equal(parameters(window), seen[0]) and window.player.cursor.iteration == 2


# Saving


def save_to(monkeypatch, path):
    monkeypatch.setattr("nnviz.ui.own_network.QFileDialog.getSaveFileName", lambda *_: (str(path), ""))


def test_what_is_saved_opens_with_the_same_numbers(window, qtbot, tmp_path, monkeypatch):
    window.player.timeline.extend(5)
    window.player.seek(4, 0)
    save_to(monkeypatch, tmp_path / "mine")
    press(qtbot, window, Key.Key_S, CONTROL)
    assert "Saved as mine.nnviz.toml, with the weights of iteration 5." in window.notice.text
    before = parameters(window, 4)
    window.try_to_open(str(tmp_path / "mine.nnviz.toml"))
    assert np.array_equal(parameters(window), before)


def test_a_composed_network_is_saved_and_opened_again(window, qtbot, tmp_path, monkeypatch):
    window.open_lesson(build("own", compose(suggested(DataChoice("iris")))))
    save_to(monkeypatch, tmp_path / "iris.toml")
    press(qtbot, window, Key.Key_S, CONTROL)
    file = window.player.lesson.file
    window.try_to_open(str(tmp_path / "iris.toml"))
    assert window.player.lesson.file == file


def test_the_csv_file_beside_a_lesson_is_named(window, qtbot, tmp_path, monkeypatch):
    (tmp_path / "good.csv").write_text("x,y\n1,2\n2,3\n3,5\n4,4\n")
    choice = DataChoice(CSV, csv=tmp_path / "good.csv", target="y", validation=0.0)
    window.open_lesson(build("own", compose(suggested(choice))))
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "good.csv").write_text("another")
    save_to(monkeypatch, tmp_path / "to" / "net.nnviz.toml")
    press(qtbot, window, Key.Key_S, CONTROL)
    told = "Saved as net.nnviz.toml, with good-2.csv beside it: keep them together."
    assert window.notice.text == told
    assert (tmp_path / "to" / "good-2.csv").exists()


def test_a_network_that_is_too_large_is_not_saved_and_says_what_to_do(window, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("nnviz.lessons.writer.MOST_BYTES", 2000)
    window.open_lesson(build("own", compose(suggested())))
    window.player.timeline.extend(2)
    window.player.to_end()
    save_to(monkeypatch, tmp_path / "large.nnviz.toml")
    press(qtbot, window, Key.Key_S, CONTROL)
    assert window.notice.text.startswith("not saved: large.nnviz.toml: found a lesson of")
    assert "Press R and save again" in window.notice.text and not list(tmp_path.iterdir())
    press(qtbot, window, Key.Key_R)
    press(qtbot, window, Key.Key_S, CONTROL)
    assert window.notice.text == "Saved as large.nnviz.toml."


def test_a_place_that_cannot_be_written_to_is_named(window, qtbot, tmp_path, monkeypatch):
    save_to(monkeypatch, tmp_path / "nowhere" / "mine.toml")
    press(qtbot, window, Key.Key_S, CONTROL)
    assert "mine.toml: cannot be written" in window.notice.text


def test_giving_up_saves_nothing(window, qtbot, monkeypatch):
    save_to(monkeypatch, "")
    press(qtbot, window, Key.Key_S, CONTROL)
    assert window.notice.text == ""


def test_a_lesson_whose_csv_file_has_gone_is_saved_with_its_rows(window, qtbot, tmp_path, monkeypatch):
    (tmp_path / "good.csv").write_text("x,y\n1,2\n2,3\n3,5\n4,4\n")
    choice = DataChoice(CSV, csv=tmp_path / "good.csv", target="y", validation=0.0)
    window.open_lesson(build("own", compose(suggested(choice))))
    window.player.timeline.extend(3)
    window.player.seek(2, 0)
    (tmp_path / "good.csv").unlink()
    (tmp_path / "to").mkdir()
    save_to(monkeypatch, tmp_path / "to" / "net.nnviz.toml")
    press(qtbot, window, Key.Key_S, CONTROL)
    assert window.notice.text == (
        "Saved as net.nnviz.toml, with the weights of iteration 3, with good.csv beside it, written anew as"
        " its file has gone: keep them together."
    )
    before = parameters(window, 2)
    window.try_to_open(str(tmp_path / "to" / "net.nnviz.toml"))
    assert np.array_equal(parameters(window), before)


@pytest.mark.parametrize("name", ["power-plant-logistic", "perceptron-and", "cnn-by-hand"])
def test_what_is_left_out_of_a_saved_lesson_is_said(window, qtbot, tmp_path, monkeypatch, name):
    window.open_lesson(catalogue.load(name))
    file = window.player.lesson.file
    save_to(monkeypatch, tmp_path / "mine")
    press(qtbot, window, Key.Key_S, CONTROL)
    assert "Left out" not in window.notice.text  # nothing was changed
    window.player.edit(LEARNING_RATE, 0.123)
    press(qtbot, window, Key.Key_S, CONTROL)
    again = catalogue.load(str(tmp_path / "mine.nnviz.toml")).file
    assert ("Left out" in window.notice.text) is (again.expect != file.expect)
    assert ("the opening sentence" in window.notice.text) is ("start" in file.narration)
    assert (f"{len(file.expect)} expected number" in window.notice.text) is bool(file.expect)
