"""Nothing that was typed in is lost without a question, whatever way leads out of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from nnviz.lessons import catalogue
from nnviz.lessons.build import build
from nnviz.lessons.composing import compose, suggested
from nnviz.ui.leaving import Question, end_session
from nnviz.ui.main_window import MainWindow
from nnviz.ui.new_network import NewNetwork
from nnviz.ui.tabs.image.pixel_pen import Scratch

Key, LEFT, Answer = Qt.Key, Qt.MouseButton.LeftButton, QMessageBox.StandardButton
CONTROL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
LESSON, OTHER = "power-plant-logistic", "power-plant-relu"
WEIGHT, VALUE = "w[3,1]", 0.625


@pytest.fixture
def window(qtbot):
    one = MainWindow()
    qtbot.addWidget(one)
    one.open_lesson(catalogue.load(LESSON))
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    one.canvas.setFocus()
    return one


def press(qtbot, window, key, modifier=PLAIN):
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def type_over(qtbot, window, address=WEIGHT, text=str(VALUE)):
    """Another number, with the keys."""
    window.player.select(window.player.notation.parse(address))
    window.canvas.setFocus()
    press(qtbot, window, Key.Key_F2)
    qtbot.keyClicks(window.canvas.field, text)
    qtbot.keyClick(window.canvas.field, Key.Key_Return)


def value(window, address=WEIGHT):
    return window.player.moment.value(window.player.notation.parse(address))


def question(window):
    return window.findChild(Question)


def answer(qtbot, window, button):
    qtbot.mouseClick(question(window).button(button), LEFT)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def quit_(qtbot, window, monkeypatch, tmp_path):
    press(qtbot, window, Key.Key_Q, CONTROL)


def close(qtbot, window, monkeypatch, tmp_path):
    window.close()


def menu(qtbot, window, monkeypatch, tmp_path):
    press(qtbot, window, Key.Key_L, CONTROL)
    lessons = window.toolbar._menu
    if not lessons.isVisible():
        return
    topic = next(one for one in lessons.actions() if one.isChecked()).menu()
    topic.popup(lessons.geometry().topRight())
    action = next(one for one in topic.actions() if one.data() == OTHER)
    qtbot.mouseClick(topic, LEFT, pos=topic.actionGeometry(action).center())


def file(qtbot, window, monkeypatch, tmp_path):
    path = tmp_path / "other.nnviz.toml"
    path.write_text(catalogue._shipped(OTHER).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    press(qtbot, window, Key.Key_O, CONTROL)


def new(qtbot, window, monkeypatch, tmp_path):
    press(qtbot, window, Key.Key_N, CONTROL)


WAYS_OUT = [quit_, close, menu, file, new]


def is_left(window):
    """Whether the way out has been gone to its end."""
    opened = window.player.lesson.name != LESSON or window.findChild(NewNetwork) is not None
    return opened or not window.isVisible()


def changed_by_hand(qtbot, window):
    type_over(qtbot, window)


def other_training(qtbot, window):
    window.tabs["learning"].applied.emit({"learning_rate": 0.5}, None, None, None, None)


def composed(qtbot, window):
    window.open_lesson(build(LESSON, compose(suggested())), is_saved=False)


def stepped_and_trained(qtbot, window):
    for _ in range(40):
        press(qtbot, window, Key.Key_Right)
    press(qtbot, window, Key.Key_G)
    qtbot.waitUntil(lambda: window.player.timeline.length > 20)
    press(qtbot, window, Key.Key_G)


def restarted(qtbot, window):
    stepped_and_trained(qtbot, window)
    press(qtbot, window, Key.Key_R)


def undone(qtbot, window):
    type_over(qtbot, window)
    type_over(qtbot, window, "w[3,2]")
    press(qtbot, window, Key.Key_Z, CONTROL)
    press(qtbot, window, Key.Key_Z, CONTROL)


def looked_at(qtbot, window):
    for key in (Key.Key_E, Key.Key_D, Key.Key_2, Key.Key_End, Key.Key_Home):
        press(qtbot, window, key)


@pytest.mark.parametrize("change", [changed_by_hand, other_training, composed])
@pytest.mark.parametrize("way_out", WAYS_OUT)
def test_every_way_out_asks_once_and_cancel_leaves_everything(
    window, qtbot, monkeypatch, tmp_path, way_out, change
):
    change(qtbot, window)
    before = window.player.lesson, window.player.timeline, window.player.cursor
    way_out(qtbot, window, monkeypatch, tmp_path)
    assert question(window) is not None and not is_left(window)
    answer(qtbot, window, Answer.Cancel)
    assert question(window) is None and not is_left(window)
    assert (window.player.lesson, window.player.timeline, window.player.cursor) == before
    window.toolbar.open_menu()
    marked = [one.isChecked() for one in window.toolbar._menu.actions()]
    assert any(marked)
    window.toolbar._menu.close()
    window.close_now()


@pytest.mark.parametrize("way_out", WAYS_OUT)
def test_discard_goes_on(window, qtbot, monkeypatch, tmp_path, way_out):
    type_over(qtbot, window)
    way_out(qtbot, window, monkeypatch, tmp_path)
    answer(qtbot, window, Answer.Discard)
    assert is_left(window)
    assert question(window) is None


@pytest.mark.parametrize("way_out", WAYS_OUT)
def test_save_goes_on_once_it_is_saved(window, qtbot, monkeypatch, tmp_path, way_out):
    path = tmp_path / "mine.nnviz.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    type_over(qtbot, window)
    way_out(qtbot, window, monkeypatch, tmp_path)
    answer(qtbot, window, Answer.Save)
    assert is_left(window)
    saved = catalogue.load(str(path))
    assert VALUE in saved.timeline.state(0).parameters


def half_typed_on_canvas(qtbot, window, text="0.7"):
    window.player.select(window.player.notation.parse(WEIGHT))
    press(qtbot, window, Key.Key_F2)
    qtbot.keyClicks(QApplication.focusWidget(), text)
    return lambda: value(window)


def half_typed_in_matrix(qtbot, window, text="0.7"):
    window.tabs.open("matrices")
    window.player.step()
    QApplication.processEvents()
    canvas = window.tabs["matrices"].canvas
    place = canvas.rect_of(window.player.notation.parse(WEIGHT)).center().toPoint()
    qtbot.mouseClick(canvas, LEFT, pos=place)
    return half_typed_on_canvas(qtbot, window, text)


def half_typed_in_formula(qtbot, window, text="0.7"):
    window.player.step()
    window.player.select(window.player.notation.parse(WEIGHT))
    window.strip.edit_selected()
    qtbot.keyClicks(QApplication.focusWidget(), text)
    return lambda: value(window)


def half_typed_rate(qtbot, window, text="0.7"):
    window.tabs.open("data")
    qtbot.mouseClick(window.tabs["data"].alpha, LEFT)
    window.tabs["data"].alpha.selectAll()
    qtbot.keyClicks(window.tabs["data"].alpha, text)
    return lambda: window.player.moment.learning_rate


def half_typed_datum(qtbot, window, text="0.7"):
    window.tabs.open("data")
    QApplication.processEvents()
    grid = window.tabs["data"].grid
    column = next(i for i, one in enumerate(window.tabs["data"].model.columns) if one.is_editable)
    place = grid.visualRect(window.tabs["data"].model.index(0, column)).center()
    qtbot.mouseClick(grid.viewport(), LEFT, pos=place)
    qtbot.keyClicks(grid, text[0])
    qtbot.keyClicks(QApplication.focusWidget(), text[1:])
    return lambda: window.player.timeline.settings(0).inputs[0, 0]


HALF_TYPED = [
    half_typed_on_canvas,
    half_typed_in_matrix,
    half_typed_in_formula,
    half_typed_rate,
    half_typed_datum,
]


@pytest.mark.parametrize("half_typed", HALF_TYPED)
@pytest.mark.parametrize("way_out", WAYS_OUT)
def test_what_is_not_finished_with_enter_is_asked_about(
    window, qtbot, monkeypatch, tmp_path, way_out, half_typed
):
    now = half_typed(qtbot, window)
    way_out(qtbot, window, monkeypatch, tmp_path)
    assert question(window) is not None and not is_left(window)
    assert now() == 0.7
    answer(qtbot, window, Answer.Cancel)
    window.close_now()


def button(name):
    return lambda qtbot, window: qtbot.mouseClick(getattr(window.transport, name), LEFT)


def on_timeline(qtbot, window):
    qtbot.mouseClick(window.transport.bar, LEFT, pos=window.transport.bar.rect().center())


def to_another_depth(qtbot, window):
    depths = window.transport.depth_buttons
    other = next(depth for depth in depths if depth is not window.player.depth)
    qtbot.mouseClick(depths[other], LEFT)


def on_toolbar(qtbot, window):
    qtbot.mouseClick(window.toolbar, LEFT, pos=QPoint(2, 2))


def to_zoom(qtbot, window):
    press(qtbot, window, Key.Key_Plus, CONTROL)


WAYS_ON = [
    *map(button, ("step_button", "layer_button", "play_button", "run_button")),
    on_timeline,
    to_another_depth,
    on_toolbar,
    to_zoom,
]


@pytest.mark.parametrize("half_typed", HALF_TYPED)
@pytest.mark.parametrize("way_on", WAYS_ON)
def test_what_is_not_finished_with_enter_is_in_the_next_step(window, qtbot, way_on, half_typed):
    now = half_typed(qtbot, window)
    way_on(qtbot, window)
    window.player.pause()
    window.player.stop_running()
    assert window.player.timeline.edits
    window.player.seek(0, 0)
    assert now() == 0.7
    window.close_now()


@pytest.mark.parametrize("half_typed", HALF_TYPED)
@pytest.mark.parametrize("way", [*WAYS_OUT, button("step_button"), button("run_button"), to_another_depth])
def test_what_is_no_number_stays_in_its_field_until_it_is_mended(
    window, qtbot, monkeypatch, tmp_path, way, half_typed
):
    half_typed(qtbot, window, "0.7.7")
    field, player = QApplication.focusWidget(), window.player
    before = player.cursor, player.depth, player.timeline
    way(qtbot, window, *((monkeypatch, tmp_path) if way in WAYS_OUT else ()))
    assert QApplication.focusWidget() is field and field.text() == "0.7.7"
    assert (player.cursor, player.depth, player.timeline) == before and not player.is_running
    assert question(window) is None and not is_left(window)
    assert field.property("invalid")
    window.close_now()


def test_a_click_on_the_screen_does_not_take_the_focus_of_what_is_no_number(window, qtbot):
    half_typed_on_canvas(qtbot, window, "0.7.7")
    field = window.canvas.field
    place = window.canvas.board.mapTo(window, QPoint(5, 5))
    qtbot.mouseClick(window.windowHandle(), LEFT, pos=place)
    assert QApplication.focusWidget() is field
    window.close_now()


def chosen_only(qtbot, window):
    """A choice in the tab Learning that waits for Apply."""
    press(qtbot, window, Key.Key_E, CONTROL)
    QApplication.processEvents()
    box = window.tabs["learning"].training.l2
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "0.5")
    qtbot.keyClick(box, Key.Key_Tab)
    window.canvas.setFocus()


@pytest.mark.parametrize("way_out", WAYS_OUT)
def test_choices_that_are_not_applied_are_asked_about(window, qtbot, monkeypatch, tmp_path, way_out):
    chosen_only(qtbot, window)
    way_out(qtbot, window, monkeypatch, tmp_path)
    assert not is_left(window) and question(window).button(Answer.Save) is None
    assert question(window).text() == f"Give up the choices not applied in “{window.player.lesson.title}”?"
    answer(qtbot, window, Answer.Cancel)
    assert window.tabs["learning"].changes.fields == {"l2": 0.5} and not is_left(window)
    way_out(qtbot, window, monkeypatch, tmp_path)
    answer(qtbot, window, Answer.Discard)
    assert is_left(window) and question(window) is None


def test_changes_and_choices_are_one_question(window, qtbot):
    type_over(qtbot, window)
    chosen_only(qtbot, window)
    press(qtbot, window, Key.Key_Q, CONTROL)
    assert question(window).text() == f"Save what has been changed in “{window.player.lesson.title}”?"
    assert question(window).windowTitle() == "Save the changes?"
    assert "in no file" in question(window).informativeText()
    assert "“Apply” goes on with it" in question(window).informativeText()
    answer(qtbot, window, Answer.Discard)
    assert not window.isVisible()


def test_a_drawing_beside_the_data_is_asked_about(window, qtbot, monkeypatch, tmp_path):
    window.open_lesson(catalogue.load("lenet-5"))
    window.tabs["image"].show_scratch(Scratch(0, window.tabs["image"]._image().copy()))
    press(qtbot, window, Key.Key_Q, CONTROL)
    assert window.isVisible() and question(window).button(Answer.Save) is None
    assert "drawing" in question(window).text()
    answer(qtbot, window, Answer.Cancel)
    window.tabs["image"].beside.put_away()
    press(qtbot, window, Key.Key_Q, CONTROL)
    assert not window.isVisible()


@pytest.mark.parametrize("path", ["", "/nowhere/at/all/mine.nnviz.toml"])
def test_what_was_not_saved_is_not_left(window, qtbot, monkeypatch, tmp_path, path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (path, ""))
    type_over(qtbot, window)
    press(qtbot, window, Key.Key_Q, CONTROL)
    answer(qtbot, window, Answer.Save)
    assert window.isVisible() and value(window) == VALUE
    window.close_now()


@pytest.mark.parametrize("way_out", WAYS_OUT)
@pytest.mark.parametrize("what", [stepped_and_trained, looked_at, undone, restarted])
def test_nobody_is_asked_about_what_the_lesson_gives_again(
    window, qtbot, monkeypatch, tmp_path, way_out, what
):
    what(qtbot, window)
    way_out(qtbot, window, monkeypatch, tmp_path)
    assert question(window) is None and is_left(window)


def test_after_saving_only_what_is_changed_then_is_asked_about(window, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "mine.nnviz.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    type_over(qtbot, window)
    press(qtbot, window, Key.Key_S, CONTROL)
    assert window.player.is_saved
    type_over(qtbot, window, "w[3,2]")
    assert not window.player.is_saved
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert window.player.is_saved
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert not window.player.is_saved
    window.close_now()


def test_asking_twice_shows_one_question(window, qtbot):
    type_over(qtbot, window)
    window.close()
    window.close()
    assert len(window.findChildren(Question)) == 1
    answer(qtbot, window, Answer.Cancel)
    window.close_now()


class Session:
    """What the desktop offers when it ends."""

    def __init__(self, interactive=True):
        self.interactive, self.did = interactive, []

    def allowsInteraction(self):
        return self.interactive

    def cancel(self):
        self.did.append("cancel")

    def release(self):
        self.did.append("release")


@pytest.mark.parametrize(
    ("button", "did", "stays"),
    [(Answer.Cancel, ["cancel", "release"], True), (Answer.Discard, ["release"], False)],
)
def test_the_end_of_the_session_waits_for_the_answer(window, qtbot, button, did, stays):
    type_over(qtbot, window)
    session = Session()
    QTimer.singleShot(0, lambda: qtbot.mouseClick(question(window).button(button), LEFT))
    end_session(window.context, session)
    assert session.did == did and window.isVisible() is stays
    window.close_now()


def test_a_session_that_cannot_wait_is_not_held_up(window, qtbot):
    type_over(qtbot, window)
    session = Session(interactive=False)
    end_session(window.context, session)
    assert session.did == [] and question(window) is None
    window.close_now()
