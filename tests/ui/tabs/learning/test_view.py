"""The tab Learning while a class works with it: restarts, runs that go on, numbers that are refused."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from nnviz.lessons import catalogue
from nnviz.ui.application import make_application
from nnviz.ui.main_window import MainWindow

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def open_window(qtbot):
    def open_one(name):
        make_application()
        one = MainWindow()
        qtbot.addWidget(one)
        one.open_lesson(catalogue.load(name))
        one.show()
        one.activateWindow()
        qtbot.waitUntil(one.isActiveWindow)
        one.canvas.setFocus()
        return one

    return open_one


def press(qtbot, window, key, modifier=PLAIN):
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def click(qtbot, button):
    QApplication.processEvents()
    assert button.isEnabled()
    qtbot.mouseClick(button, LEFT)


def type_in(qtbot, box, text, end=Key.Key_Tab):
    QApplication.processEvents()
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text) if text else qtbot.keyClick(box, Key.Key_Delete)
    qtbot.keyClick(box, end)


def choose(qtbot, chooser, key):
    """Choose with the keyboard, as in any list: down or up to it."""
    QApplication.processEvents()
    chooser.setFocus()
    place = [one.key for one in chooser.offered].index(key)
    for _ in range(abs(place - chooser.currentIndex())):
        qtbot.keyClick(chooser, Key.Key_Down if chooser.currentIndex() < place else Key.Key_Up)
    assert chooser.key == key


def run(qtbot, window):
    """G, until the run is over; how many iterations it took."""
    window.canvas.setFocus()
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=60_000)
    return window.player.timeline.length - 1


def start(window):
    return window.player.timeline.state(0).parameters.copy()


# Restarting


def test_restart_after_another_optimizer_is_a_fair_comparison(open_window, qtbot):
    window = open_window("valley-gradient-descent")
    first = start(window)
    plain = run(qtbot, window)
    press(qtbot, window, Key.Key_K)
    press(qtbot, window, Key.Key_E, CONTROL)
    choose(qtbot, window.tabs["learning"].training.optimizer, "momentum")
    click(qtbot, window.tabs["learning"].apply)
    applied = start(window)
    assert not np.array_equal(applied, first)
    press(qtbot, window, Key.Key_R)
    assert np.array_equal(start(window), first)
    assert window.player.timeline.optimizer.name == "momentum" and window.player.cursor.iteration == 0
    assert run(qtbot, window) == 83 != plain
    assert window.loss.plot._pins
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert np.array_equal(start(window), applied)
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert window.player.timeline.length - 1 == plain


def half_typed(qtbot, box, text):
    QApplication.processEvents()
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)


@pytest.mark.parametrize(
    ("box", "text", "now"),
    [
        (lambda view: view.layers.units[0], "5", lambda file: file.network.layers[0].units),
        (lambda view: view.layers.keeps[0], "0.5", lambda file: file.network.layers[0].keep),
        (lambda view: view.training.l2, "0.5", lambda file: file.training.l2),
        (lambda view: view.stop.iterations, "5", lambda file: file.training.stop.iterations),
    ],
)
def test_what_is_being_typed_can_be_applied_at_once(open_window, qtbot, box, text, now):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    half_typed(qtbot, box(window.tabs["learning"]), text)
    click(qtbot, window.tabs["learning"].apply)
    assert now(window.player.lesson.file) == float(text)
    assert not window.tabs["learning"].apply.isEnabled()


@pytest.mark.parametrize("end", [Key.Key_Tab, Key.Key_Return])
def test_the_same_number_typed_again_is_no_change(open_window, qtbot, end):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    box = window.tabs["learning"].layers.units[0]
    type_in(qtbot, box, f"0{box.value()}", end)
    assert not window.tabs["learning"].apply.isEnabled() and not window.tabs["learning"].reset.isEnabled()


def test_what_is_being_typed_in_vain_is_told_and_not_applied(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    lesson, view = window.player.lesson, window.tabs["learning"]
    half_typed(qtbot, view.layers.units[0], "3x")
    click(qtbot, view.apply)
    assert window.player.lesson is lesson and "3x" in view.layers.note.text()
    assert not view.apply.isEnabled()


def test_restart_after_other_layers_draws_only_what_is_new(open_window, qtbot):
    window = open_window("power-plant-logistic")
    player = window.player
    before = {one.w.scope: one.w for one in player.timeline.graph.layers}
    first = start(window)
    was = {name: first[player.timeline.graph.slices[w.index]] for name, w in before.items()}
    player.timeline.extend(5)
    player.to_end()
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.tabs["learning"].layers.units[0], "4")
    click(qtbot, window.tabs["learning"].apply)
    press(qtbot, window, Key.Key_R)
    graph, now = player.timeline.graph, start(window)
    names = [one.w.scope for one in graph.layers]
    kept = {one.w.scope: now[graph.slices[one.w.index]].reshape(one.w.shape) for one in graph.layers}
    assert np.array_equal(kept[names[2]].ravel(), was[names[2]])
    assert np.array_equal(kept[names[0]][:3].ravel(), was[names[0]]) and kept[names[0]][3].any()


def test_what_restart_goes_back_to_is_said(open_window):
    window = open_window("power-plant-logistic")
    assert "R restarts from the first weights" in window.tabs["learning"].note.text()


# While a run is going on


def begin(qtbot, window, iterations=20):
    """G, and the run goes on."""
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: window.player.timeline.length > iterations)
    assert window.player.is_running


def test_another_rate_bends_the_curve_of_a_run_that_goes_on(open_window, qtbot):
    window = open_window("power-plant-logistic")
    player = window.player
    press(qtbot, window, Key.Key_E, CONTROL)
    window.canvas.setFocus()
    begin(qtbot, window)
    type_in(qtbot, window.tabs["learning"].training.rate, "0.7")
    click(qtbot, window.tabs["learning"].apply)
    assert player.is_running
    (edit,) = player.timeline.edits
    k = edit.iteration
    qtbot.waitUntil(lambda: player.timeline.length > k + 5)
    press(qtbot, window, Key.Key_G)
    assert not player.is_running and len(player.moment.losses) > k + 5
    player.seek(k - 1, 0)
    assert player.moment.settings.learning_rate == 0.2
    player.seek(k, 0)
    assert player.moment.settings.learning_rate == 0.7
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert not player.timeline.edits and player.timeline.learning_rate(k) == 0.2
    assert not player.is_running


def test_restart_after_another_rate_learns_with_it_from_the_first_step(open_window, qtbot):
    window = open_window("power-plant-logistic")
    first = start(window)
    window.player.timeline.extend(4)
    window.player.to_end()
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.tabs["learning"].training.rate, "0.7")
    click(qtbot, window.tabs["learning"].apply)
    press(qtbot, window, Key.Key_R)
    assert np.array_equal(start(window), first)
    assert window.player.timeline.settings(0).learning_rate == 0.7


@pytest.mark.parametrize("change", ["optimizer", "layers", "menu"])
def test_a_run_goes_on_by_itself_after_a_change(open_window, qtbot, change):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    window.canvas.setFocus()
    begin(qtbot, window)
    if change == "menu":
        from nnviz.ui.layer_menu import make_menu

        menu = make_menu(window.context, "hidden1")
        next(one for one in menu.actions() if one.text() == "Add a neuron").trigger()
    else:
        if change == "optimizer":
            choose(qtbot, window.tabs["learning"].training.optimizer, "momentum")
        else:
            click(qtbot, window.tabs["learning"].layers.removers[0])
        click(qtbot, window.tabs["learning"].apply)
    assert window.player.is_running
    qtbot.waitUntil(lambda: window.player.timeline.length > 5)
    press(qtbot, window, Key.Key_G)
    assert not window.player.is_running


def test_a_change_without_a_run_starts_none(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    choose(qtbot, window.tabs["learning"].training.optimizer, "momentum")
    click(qtbot, window.tabs["learning"].apply)
    assert not window.player.is_running


def test_the_rate_of_a_schedule_begins_a_run_of_its_own(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    choose(qtbot, window.tabs["learning"].training.schedule, "cosine")
    click(qtbot, window.tabs["learning"].apply)
    window.player.timeline.extend(3)
    window.player.to_end()
    type_in(qtbot, window.tabs["learning"].training.rate, "0.7")
    click(qtbot, window.tabs["learning"].apply)
    assert window.player.timeline.length == 1 and not window.player.timeline.edits


# Numbers that are refused


@pytest.mark.parametrize(
    ("typed", "found"),
    [("1e9", "1e9"), ("abc", "abc"), ("-1", "-1"), ("0", "0"), ("", "nothing"), ("1/0", "1/0")],
)
@pytest.mark.parametrize("end", [Key.Key_Tab, Key.Key_Return])
def test_a_rate_that_cannot_be_leaves_the_old_one_and_says_why(open_window, qtbot, typed, found, end):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    form = window.tabs["learning"].training
    row = next(one for one in form.rows if one.control is form.rate)
    type_in(qtbot, form.rate, typed, end)
    assert form.rate.value() == 0.2 and form.rate.text() == "0.2"
    assert row.note.text() == f"Found {found}, wanted more than 0, at most 1,000,000. It is still 0.2."
    assert row.note.isVisible() and not window.tabs["learning"].apply.isEnabled()
    type_in(qtbot, form.rate, "0.3")
    assert form.rate.value() == 0.3 and not row.note.isVisible()
    assert window.tabs["learning"].apply.isEnabled()


@pytest.mark.parametrize(
    ("box", "typed", "told"),
    [
        ("units", "0", "found 0, wanted a whole number from 1 to 2,048. It is still 3."),
        (
            "units",
            "",
            "found nothing, wanted a whole number from 1 to 2,048. It is still 3.",
        ),
        (
            "units",
            "2.5",
            "found 2.5, wanted a whole number from 1 to 2,048. It is still 3.",
        ),
        (
            "units",
            "9999",
            "found 9999, wanted a whole number from 1 to 2,048. It is still 3.",
        ),
        ("keeps", "0", "found 0, wanted 0.01 or more, at most 1. It is still 1."),
        ("keeps", "2", "found 2, wanted 0.01 or more, at most 1. It is still 1."),
    ],
)
def test_numbers_of_a_layer_that_cannot_be_are_refused(open_window, qtbot, box, typed, told):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    layers = window.tabs["learning"].layers
    old, name = getattr(layers, box)[0].value(), {"units": "Neurons", "keeps": "Keep"}[box]
    type_in(qtbot, getattr(layers, box)[0], typed)
    assert getattr(layers, box)[0].value() == old
    assert layers.note.isVisible() and layers.note.text() == f"{name} of Hidden 1: {told}"
    assert not window.tabs["learning"].apply.isEnabled()
    type_in(qtbot, layers.units[0], "1,024")
    assert layers.units[0].value() == 1024 and not layers.note.isVisible()


def test_a_word_that_stands_for_a_number_may_be_typed(open_window, qtbot):
    window = open_window("batches-mini")
    press(qtbot, window, Key.Key_E, CONTROL)
    form = window.tabs["learning"].training
    assert form.batch.value() > 0
    type_in(qtbot, form.batch, "all")
    assert form.batch.value() == 0 and window.tabs["learning"].changes.fields["batch"] == "all"


# First weights, the end of a run, the numbers of an optimizer


def box_of(form, name):
    return next(row for row in form.rows if row.label.text() == name)


def test_other_first_weights_begin_the_run_anew(open_window, qtbot):
    window = open_window("power-plant-logistic")
    first = start(window)
    press(qtbot, window, Key.Key_E, CONTROL)
    assert window.tabs["learning"].initial.currentText() == "as listed"
    begin_at = window.player.timeline
    begin_at.extend(3)
    window.player.to_end()
    choose(qtbot, window.tabs["learning"].initial, "he")
    window.canvas.setFocus()
    assert window.tabs["learning"].note.text().startswith("Begins anew")
    click(qtbot, window.tabs["learning"].apply)
    drawn = start(window)
    assert drawn.shape == first.shape and not np.array_equal(drawn, first)
    assert window.player.timeline.length == 1
    assert window.player.undo_stack.undoText() == "change of the first weights"
    window.player.timeline.extend(2)
    window.player.to_end()
    press(qtbot, window, Key.Key_R)
    assert np.array_equal(start(window), drawn)
    assert "" not in [one.key for one in window.tabs["learning"].initial.offered]
    press(qtbot, window, Key.Key_Z, CONTROL)
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert window.player.timeline is begin_at and window.tabs["learning"].initial.key == ""


def test_first_weights_and_layers_at_once(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    choose(qtbot, window.tabs["learning"].initial, "constant")
    type_in(qtbot, window.tabs["learning"].layers.units[0], "5")
    click(qtbot, window.tabs["learning"].apply)
    assert [layer.units for layer in window.player.timeline.graph.layers] == [5, 2, 1]
    assert not start(window).any()
    window.player.undo()
    assert [layer.units for layer in window.player.timeline.graph.layers] == [3, 2, 1]


def test_a_run_that_is_over_can_be_made_longer(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    stop = window.tabs["learning"].stop
    type_in(qtbot, stop.below, "off")
    type_in(qtbot, stop.iterations, "30")
    click(qtbot, window.tabs["learning"].apply)
    first = window.player.timeline
    assert run(qtbot, window) == 30
    assert "The tab Learning (Ctrl+E) can raise it." in window.notice.text
    assert "30" in window.transport.run_button.text() or window.player.lesson.stop.iterations == 30
    type_in(qtbot, stop.iterations, "50")
    click(qtbot, window.tabs["learning"].apply)
    assert window.player.timeline is first and window.player.cursor.iteration == 30
    assert run(qtbot, window) == 50 and window.player.timeline is first
    window.player.undo()
    assert stop.iterations.value() == 30 and window.player.lesson.stop.iterations == 30


def test_patience_is_asked_for_where_somebody_watches(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    assert not window.tabs["learning"].stop.patience.isVisible()
    window.open_lesson(catalogue.load("overfitting-plain"))
    stop = window.tabs["learning"].stop
    assert stop.patience.isVisibleTo(window.tabs["learning"]) and stop.patience.value() == 0
    type_in(qtbot, stop.patience, "3")
    click(qtbot, window.tabs["learning"].apply)
    assert window.player.lesson.stop.patience == 3
    run(qtbot, window)
    assert "Stopped early" in window.notice.text


@pytest.mark.parametrize(
    ("method", "shown", "name", "typed"),
    [
        ("momentum", {"Momentum μ"}, "momentum", "0.5"),
        ("nesterov", {"Momentum μ"}, "momentum", "0"),
        ("adam", {"β₁", "β₂"}, "beta2", "0.9"),
        ("rmsprop", {"Decay"}, "decay", "0.99"),
    ],
)
def test_the_numbers_of_an_optimizer(open_window, qtbot, method, shown, name, typed):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    form = window.tabs["learning"].training
    choose(qtbot, form.optimizer, method)
    names = {"Momentum μ", "β₁", "β₂", "Decay"}
    assert {row.label.text() for row in form.rows if row.control.isVisible()} & names == shown
    type_in(qtbot, form.settings[name], typed)
    click(qtbot, window.tabs["learning"].apply)
    assert window.player.timeline.optimizer.name == method
    assert getattr(window.player.timeline.optimizer, name) == float(typed)
    assert form.settings[name].value() == float(typed) and not window.tabs["learning"].changes
    type_in(qtbot, form.settings[name], "1")
    assert form.settings[name].value() == float(typed) and not window.tabs["learning"].changes
    choose(qtbot, form.optimizer, "gradient_descent")
    assert not any(box.isVisible() for box in form.settings.values())


def test_a_run_with_choices_that_wait_says_so(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.tabs["learning"].training.rate, "0.7")
    qtbot.mouseClick(window.canvas.board.viewport(), LEFT, pos=QPoint(5, 5))
    begin(qtbot, window)
    assert window.notice.text.startswith("Running with the old settings") and window.notice.isVisible()
    click(qtbot, window.tabs["learning"].apply)
    assert window.player.is_running and window.notice.text == ""
    press(qtbot, window, Key.Key_G)
    assert window.notice.text == "" and window.player.moment.settings.learning_rate == 0.7


def test_the_crosses_of_the_layers_follow_the_theme(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    remover = window.tabs["learning"].layers.removers[0]
    light = remover.icon().cacheKey()
    press(qtbot, window, Key.Key_T)
    try:
        ink = remover.icon().pixmap(16, 16).toImage().pixelColor(8, 8)
        assert remover.icon().cacheKey() != light and ink.lightness() > 128
    finally:
        press(qtbot, window, Key.Key_T)


# Choices that wait for Apply


def title_of_tab(window):
    return window.tabs.tabText(list(window.tabs.tabs).index("learning"))


def test_choices_that_wait_are_marked_in_the_title_of_the_tab(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    assert title_of_tab(window) == "Learning"
    type_in(qtbot, window.tabs["learning"].training.l2, "0.5")
    assert title_of_tab(window) == "Learning •"
    click(qtbot, window.tabs["learning"].reset)
    assert title_of_tab(window) == "Learning"
    choose(qtbot, window.tabs["learning"].training.optimizer, "momentum")
    assert title_of_tab(window) == "Learning •"
    click(qtbot, window.tabs["learning"].apply)
    assert title_of_tab(window) == "Learning"


def applied(qtbot, window, box, text):
    """A number that is changed and applied, so that it can be undone."""
    type_in(qtbot, box, text)
    click(qtbot, window.tabs["learning"].apply)


def another_rate(qtbot, window):
    applied(qtbot, window, window.tabs["learning"].training.rate, "0.7")


def other_units(qtbot, window):
    applied(qtbot, window, window.tabs["learning"].layers.units[1], "4")


CHOICES = {
    "l2": lambda qtbot, view: type_in(qtbot, view.training.l2, "0.5"),
    "optimizer": lambda qtbot, view: choose(qtbot, view.training.optimizer, "momentum"),
    "settings": lambda qtbot, view: (
        choose(qtbot, view.training.optimizer, "adam"),
        type_in(qtbot, view.training.settings["beta2"], "0.9"),
    ),
    "stop": lambda qtbot, view: type_in(qtbot, view.stop.iterations, "30"),
    "units": lambda qtbot, view: type_in(qtbot, view.layers.units[0], "5"),
    "keep": lambda qtbot, view: type_in(qtbot, view.layers.input_keep, "0.5"),
    "initial": lambda qtbot, view: choose(qtbot, view.initial, "constant"),
}


def waiting(window):
    """What waits, without the layers that are as they are now."""
    changes, now = window.tabs["learning"].changes, window.player.lesson.file.network.layers
    layers = [(i, a.units) for i, (a, b) in enumerate(zip(changes.layers or now, now, strict=True)) if a != b]
    return changes.fields, layers, changes.keep_inputs, changes.initial


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("change", [another_rate, other_units])
def test_choices_wait_over_undo_and_redo(open_window, qtbot, change, choice):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    change(qtbot, window)
    CHOICES[choice](qtbot, window.tabs["learning"])
    before = waiting(window)
    assert any(before)
    window.canvas.setFocus()
    lesson = window.player.lesson
    for modifier in (CONTROL, CONTROL | Qt.KeyboardModifier.ShiftModifier):
        press(qtbot, window, Key.Key_Z, modifier)
        assert waiting(window) == before and title_of_tab(window) == "Learning •"
    assert window.player.lesson is lesson


def test_choices_wait_while_a_layer_is_changed_on_the_canvas(open_window, qtbot):
    from nnviz.ui.layer_menu import make_menu

    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.tabs["learning"].training.l2, "0.5")
    type_in(qtbot, window.tabs["learning"].layers.units[1], "6")
    menu = make_menu(window.context, "hidden1")
    next(one for one in menu.actions() if one.text() == "Add a neuron").trigger()
    assert [box.value() for box in window.tabs["learning"].layers.units] == [4, 6]
    assert waiting(window)[:2] == ({"l2": 0.5}, [(1, 6)])
    click(qtbot, window.tabs["learning"].apply)
    assert [layer.units for layer in window.player.timeline.graph.layers] == [4, 6, 1]
    assert not window.tabs["learning"].changes


def test_choices_wait_while_the_rate_is_typed_over_elsewhere(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.tabs["learning"].training.l2, "0.5")
    window.tabs.open("data")
    type_in(qtbot, window.tabs["data"].alpha, "0.3", Key.Key_Return)
    assert window.tabs["learning"].training.rate.value() == 0.3
    assert window.tabs["learning"].changes.fields == {"l2": 0.5}


def test_choices_that_do_not_fit_any_more_are_forgotten_with_a_word(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    click(qtbot, window.tabs["learning"].layers.removers[0])
    click(qtbot, window.tabs["learning"].apply)
    type_in(qtbot, window.tabs["learning"].layers.units[0], "7")
    type_in(qtbot, window.tabs["learning"].training.l2, "0.5")
    window.canvas.setFocus()
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert [box.value() for box in window.tabs["learning"].layers.units] == [3, 2]
    assert window.tabs["learning"].changes.fields == {"l2": 0.5}
    assert "does not fit" in window.tabs["learning"].note.text()
    type_in(qtbot, window.tabs["learning"].training.l2, "0.25")
    window.canvas.setFocus()
    assert "does not fit" not in window.tabs["learning"].note.text()


def test_another_lesson_begins_without_the_choices_of_the_one_before(open_window, qtbot):
    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.tabs["learning"].training.l2, "0.5")
    window.open_lesson(catalogue.load("power-plant-relu"))
    assert not window.tabs["learning"].changes and title_of_tab(window) == "Learning"


def test_what_cannot_be_applied_goes_on_waiting(open_window, qtbot, monkeypatch):
    from nnviz.lessons import variation
    from nnviz.lessons.errors import BuildError

    def fail(*_, **__):
        raise BuildError("network", "it does not fit")

    window = open_window("power-plant-logistic")
    press(qtbot, window, Key.Key_E, CONTROL)
    type_in(qtbot, window.tabs["learning"].training.l2, "0.5")
    monkeypatch.setattr(variation, "with_training", fail)
    click(qtbot, window.tabs["learning"].apply)
    assert window.tabs["learning"].changes.fields == {"l2": 0.5} and "does not fit" in window.notice.text
