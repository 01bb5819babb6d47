"""The whole window, used with real keys and mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox

from nnviz.engine.formula import quantities
from nnviz.engine.outline import Depth, depths_of
from nnviz.engine.ref import LEARNING_RATE
from nnviz.engine.settings import Stop
from nnviz.lessons import catalogue
from nnviz.ui.application import make_application
from nnviz.ui.main_window import MainWindow

Key = Qt.Key


@pytest.fixture
def window(qtbot):
    make_application()
    one = MainWindow()
    qtbot.addWidget(one)
    one.open_lesson(catalogue.load("power-plant-logistic"))
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    one.canvas.setFocus()
    return one


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    target = QApplication.focusWidget() or window
    qtbot.keyClick(target, key, modifier)


def ref(window, address):
    return window.player.notation.parse(address)


def value(window, address):
    return window.player.moment.value(ref(window, address))


def test_it_opens_on_example_2_with_nothing_computed(window):
    assert window.player.cursor.example == 1
    assert value(window, "z[3]") is None
    assert "Power plant" in window.windowTitle()


def test_nine_steps_lead_to_the_delta_of_neuron_6_and_nine_back_to_the_start(window, qtbot):
    seen = [window.player.cursor]
    for _ in range(9):
        press(qtbot, window, Key.Key_Right)
        seen.append(window.player.cursor)
    assert value(window, "delta[6]") == pytest.approx(0.0025, abs=5e-5)
    assert value(window, "delta[7]") is None
    for cursor in reversed(seen[:-1]):
        press(qtbot, window, Key.Key_Left)
        assert window.player.cursor == cursor


@pytest.mark.parametrize(
    ("key", "modifier", "position"),
    [
        (Key.Key_Space, Qt.KeyboardModifier.NoModifier, 5),
        (Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, 5),
        (Key.Key_Down, Qt.KeyboardModifier.NoModifier, 1),
        (Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 15),
        (Key.Key_Right, Qt.KeyboardModifier.ControlModifier, 32),
    ],
)
def test_keys_that_step(window, qtbot, key, modifier, position):
    press(qtbot, window, key, modifier)
    assert window.player.cursor.position == position


def test_number_keys_choose_the_depth(window, qtbot):
    for key, depth in enumerate(depths_of(window.player.timeline.graph), 1):
        press(qtbot, window, getattr(Key, f"Key_{key}"))
        assert window.player.depth is depth


def test_out_finishes_the_neuron(window, qtbot):
    press(qtbot, window, Key.Key_Down)
    assert window.player.depth is Depth.TERM
    press(qtbot, window, Key.Key_Up)
    assert window.player.depth is Depth.NEURON
    assert value(window, "a[3]") is not None and value(window, "z[4]") is None


def test_examples_and_digits_have_keys(window, qtbot):
    press(qtbot, window, Key.Key_E)
    assert window.player.cursor.example == 2
    press(qtbot, window, Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert window.player.cursor.example == 1
    press(qtbot, window, Key.Key_D)
    assert window.player.digits == 5
    press(qtbot, window, Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    assert window.player.digits == 4


def test_plain_keys_are_silent_while_a_field_has_the_focus(window, qtbot):
    field = QLineEdit(window)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    for key in (Key.Key_E, Key.Key_5, Key.Key_Space):
        qtbot.keyClick(field, key)
    assert field.text() == "e5 "
    assert window.player.cursor.example == 1 and window.player.cursor.position == 0


@pytest.mark.parametrize("rate", [0.0, -0.3])
def test_wherever_a_learning_rate_is_typed_it_is_more_than_0(window, rate):
    before = window.player.moment.learning_rate
    window.strip.edited.emit(LEARNING_RATE, rate)
    assert window.player.moment.learning_rate == before
    assert "wanted more than 0" in window.notice.text


def test_an_edit_recomputes_everything_after_it_and_can_be_undone(window, qtbot):
    for _ in range(8):
        press(qtbot, window, Key.Key_Right)
    before = value(window, "delta[8]")
    window.canvas.edited.emit(ref(window, "w[8,6]"), 0.9)
    changed = value(window, "delta[8]")
    assert changed != before and value(window, "w[8,6]") == 0.9
    press(qtbot, window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert value(window, "delta[8]") == before
    press(qtbot, window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert value(window, "delta[8]") == changed


def test_restart_goes_back_to_the_same_initial_weights(window, qtbot):
    start = window.player.timeline.state(0).parameters.tobytes()
    window.canvas.edited.emit(LEARNING_RATE, 0.5)
    window.canvas.edited.emit(ref(window, "w[3,1]"), 3.0)
    window.player.over(Depth.ITERATION)
    press(qtbot, window, Key.Key_R)
    assert window.player.cursor.position == 0
    assert window.player.timeline.state(0).parameters.tobytes() == start
    assert window.player.moment.learning_rate == 0.2


def test_computed_numbers_cannot_be_edited(window):
    before = window.player.timeline
    window.canvas.edited.emit(ref(window, "z[3]"), 1.0)
    assert window.player.timeline is before


def test_a_selected_number_is_explained_and_escape_returns_to_the_step(window, qtbot):
    for _ in range(9):
        press(qtbot, window, Key.Key_Right)
    window.canvas.picked.emit(ref(window, "slope[6]"))
    assert "slope" in window.player.explanation.crumbs[-1]
    press(qtbot, window, Key.Key_Escape)
    assert window.player.selection is None
    assert window.player.explanation.crumbs[-1] == "neuron 6"


def named(window):
    """The iteration that is named by the outline, the crumbs, the timeline and the progress beside it."""
    model, bar = window.outline.model, window.transport.bar
    outline = model.data(model.index(0, 0)).removeprefix("Iteration ")
    crumb = window.strip.explanation.crumbs[0].removeprefix("Iteration ")
    place = bar.accessibleDescription().removeprefix("Iteration ").partition(", ")[0]
    progress = bar._progress.removeprefix("after ").partition(" ")[0]
    texts = (outline, crumb, place, progress or place)
    *shown, so_far = (int(text.replace(",", "")) for text in texts)
    return [*shown, so_far + bool(progress)]


def test_a_run_names_one_iteration_everywhere(window, qtbot):
    seen = []
    window.open_lesson(replace(window.player.lesson, stop=Stop(iterations=10**9)))
    window.player.over(Depth.ITERATION)
    window.player.over(Depth.ITERATION)
    window.player.to_start()
    window.player.moment_changed.connect(lambda: seen.append(named(window)))
    window.player.running_changed.connect(lambda _: seen.append(named(window)))
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: len({tuple(one) for one in seen}) > 3, timeout=20_000)
    press(qtbot, window, Key.Key_G)
    assert [one for one in seen if len(set(one)) > 1] == []


def test_running_to_the_stop_stays_live_and_says_how_it_ended(window, qtbot):
    press(qtbot, window, Key.Key_G)
    assert window.player.is_running
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=30_000)
    assert window.player.timeline.length - 1 == 7609
    assert "Converged after 7,609 iterations: E = 9.99e−05 is below 0.0001" in window.notice.text
    press(qtbot, window, Key.Key_Home)
    assert window.player.cursor.iteration == 0


def test_a_run_can_be_stopped(window, qtbot):
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: window.player.timeline.length > 100)
    press(qtbot, window, Key.Key_G)
    assert not window.player.is_running
    assert 100 < window.player.timeline.length < 7000


def test_a_diverging_run_stops_with_its_reason_and_can_still_be_scrubbed(window, qtbot, tmp_path):
    text = (catalogue.resource("lessons") / "20-power-plant-relu.nnviz.toml").read_text(encoding="utf-8")
    wild = tmp_path / "wild.nnviz.toml"
    wild.write_text(
        text[: text.index("[narration]")]
        .replace("learning_rate = 0.2", "learning_rate = 1000")
        .replace('"relu"', '"identity"'),
        encoding="utf-8",
    )
    window.try_to_open(str(wild))
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=10_000)
    assert "overflowed" in window.notice.text
    for _ in range(5):
        press(qtbot, window, Key.Key_Left)
    press(qtbot, window, Key.Key_Home)
    assert value(window, "z[3]") is None and window.player.cursor.iteration == 0


def test_playing_steps_by_itself_and_pauses(window, qtbot):
    window.player.set_speed(8.0)
    press(qtbot, window, Key.Key_P)
    qtbot.waitUntil(lambda: window.player.cursor.position >= 10, timeout=5000)
    press(qtbot, window, Key.Key_P)
    assert not window.player.is_playing


def test_a_bad_lesson_is_explained_and_what_is_open_stays_open(window, qtbot, tmp_path):
    press(qtbot, window, Key.Key_Right)
    before = window.player.cursor
    bad = tmp_path / "bad.nnviz.toml"
    bad.write_text("format = 99\n", encoding="utf-8")
    window.try_to_open(str(bad))
    box = window.findChild(QMessageBox)
    assert box is not None and "found version 99" in box.informativeText()
    box.close()
    assert window.player.cursor == before and "logistic" in window.windowTitle()


def test_every_lesson_of_the_menu_opens(window):
    for name in catalogue.names():
        window.toolbar.lesson_chosen.emit(name)
        assert window.player.lesson.name == name


@pytest.mark.parametrize(
    ("width", "outline", "right"),
    [(1440, True, True), (1280, True, True), (1100, False, True), (900, False, False)],
)
def test_a_narrow_window_gives_its_width_to_the_canvas(window, width, outline, right):
    window.resize(width, 720)
    QApplication.processEvents()
    assert window.outline.isVisible() == outline
    assert window.right.isVisible() == right
    assert window.canvas.width() >= 560


def test_f2_types_over_a_weight_that_was_picked_in_a_matrix(window, qtbot):
    press(qtbot, window, Key.Key_Right)
    window.tabs["matrices"].picked.emit(ref(window, "w[3,1]"))
    press(qtbot, window, Key.Key_F2)
    field = window.canvas.field
    assert field is not None and field.text() == "-0.20".replace("-", "−")
    qtbot.keyClicks(field, "1/2")
    qtbot.keyClick(field, Key.Key_Return)
    assert value(window, "w[3,1]") == 0.5


def test_a_trained_weight_is_followed_back_to_the_update_that_made_it(window, qtbot):
    window.player.over(Depth.ITERATION)
    window.player.over(Depth.ITERATION)
    window.player.select(ref(window, "w[7,5]"))
    (equation,) = window.player.explanation.equations
    assert equation.result == value(window, "w[7,5]")
    before = next(q.ref for q in quantities(equation.right) if q.ref is not None)
    window.strip.picked.emit(before)
    assert window.player.cursor.iteration == 0
    assert window.player.selection == ref(window, "w[7,5]")


def test_a_number_of_another_example_says_so(window):
    window.player.over(Depth.PASS)
    window.player.select(replace(ref(window, "a[8]"), example=2))
    assert window.player.explanation.crumbs[-1].endswith("d3")
    assert "d3" in window.player.explanation.narration


def test_what_was_set_by_hand_is_not_called_the_lessons(window):
    window.canvas.edited.emit(ref(window, "w[3,1]"), 0.5)
    window.player.select(ref(window, "w[3,1]"))
    assert window.player.explanation.narration == "The weight 1 to 3, set by hand."


def test_what_is_said_of_one_iteration_is_not_said_of_another(window, qtbot):
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=30_000)
    assert window.notice.text
    window.player.seek(100, 5)
    assert not window.notice.text


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Return])
def test_space_and_enter_press_the_button_that_has_the_focus(window, qtbot, key):
    window.outline.hide()
    window.unfold.show()
    window.unfold.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(window.unfold.hasFocus)
    qtbot.keyClick(window.unfold, key)
    assert window.outline.isVisible()
    assert window.player.cursor.position == 0, "the step must not be taken as well"


def test_restart_explains_the_start_again(window, qtbot):
    press(qtbot, window, Key.Key_Right)
    window.player.select(ref(window, "w[3,1]"))
    press(qtbot, window, Key.Key_R)
    assert window.player.explanation.crumbs[-1] == "start"
