"""Every number that a lesson shows explains itself, and is typed over or says why not."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.changeable import holds, why_fixed
from nnviz.engine.ref import BIAS_INPUT, LEARNING_RATE, PADDING_ZERO, Part, Ref
from nnviz.lessons.catalogue import entries, load
from nnviz.ui.main_window import MainWindow
from nnviz.ui.player import Player
from nnviz.ui.tabs.time.board import TimeBoard

Key, LEFT, ENTER = Qt.Key, Qt.MouseButton.LeftButton, Qt.Key.Key_Return
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
FAMILIES = ("power-plant-online", "overfitting-dropout", "cnn-by-hand", "lstm-unit", "three-steps")
LARGE = {"lenet-5", "cnn-digits", "names-lstm", "names-simple"}  # an edit of one number computes a batch anew


def shown(moment) -> list[Ref]:
    """The first and the last number of every quantity that a moment knows."""
    graph = moment.graph
    cells = {node.scope: {(0,) * len(node.shape), tuple(n - 1 for n in node.shape)} for node in graph.nodes}
    refs = [Ref(scope, part, cell) for scope in cells for part in Part for cell in sorted(cells[scope])]
    every = [LEARNING_RATE, BIAS_INPUT, PADDING_ZERO, *filter(lambda ref: holds(moment, ref), refs)]
    return [ref for ref in every if moment.value(ref) is not None]


@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_every_number_explains_itself_and_is_typed_over_or_says_why_not(qapp, name):
    player = Player()
    player.open(load(name))
    outline = player.walk.outline(0)
    places = (outline.length,) if name in LARGE else (0, outline.length // 2, outline.length)
    typed = set()
    for position in places:
        player.seek(0, position)
        for ref in shown(player.moment):
            player.select(ref)
            assert player.selection == ref and player.explanation.narration
            if why := why_fixed(player.moment, ref):
                assert why.endswith(".") and len(why) > 20
            elif ref not in typed:
                typed.add(ref)
                player.edit(ref, 0.5)
                assert player.moment.value(ref) == 0.5
                player.undo()
    assert typed


@pytest.fixture(scope="module")
def window(qapp):
    window = MainWindow()
    window.resize(1440, 900)
    window.show()
    yield window
    window.close_now()  # what was typed in is asked about otherwise
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_double_click_on_any_number_of_the_canvas_opens_a_field_or_says_why_not(qtbot, window, name):
    window.open_lesson(load(name))
    qtbot.waitExposed(window)
    window.player.seek(0, window.player.walk.outline(0).length)
    canvas = window.canvas
    for ref in {(ref.scope, ref.part): ref for ref in canvas.refs()}.values():
        window.say("")
        QTest.mouseDClick(canvas.board.viewport(), LEFT, pos=canvas.rect_of(ref).center().toPoint())
        if canvas.field is None:
            assert window.notice.text.endswith("."), ref
        else:
            canvas.field.setText("0.5")
            QTest.keyClick(canvas.field, ENTER)
            assert window.player.moment.value(window.player.moment.source(ref)) == 0.5
            window.player.undo()


@pytest.mark.parametrize("name", ["lstm-unit", "three-steps", "names-simple"])
def test_a_click_on_the_tab_time_explains_while_a_run_is_brought_back_to_its_start(qtbot, window, name):
    window.open_lesson(load(name))
    window.tabs.open("time")
    for key, modifier in (
        (Key.Key_L, CONTROL),
        (Key.Key_Escape, NONE),
        (Key.Key_G, NONE),
        (Key.Key_Home, NONE),
    ):
        QTest.keyClick(QApplication.activePopupWidget() or window.canvas.board, key, modifier)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    for board in window.tabs["time"].findChildren(TimeBoard):
        for ref in {(ref.scope, ref.part): ref for ref, _ in board.placed()}.values():
            place = board.rect_of(ref)
            if board.isVisible() and place is not None:
                QTest.mouseClick(board, LEFT, pos=place.center().toPoint())
                assert window.player.explanation.narration
    window.player.stop_running()


@pytest.mark.parametrize(
    "stale",
    [
        Ref("lstm/h", cell=(0, 0)),
        Ref("hidden1/z", cell=(7,)),
        Ref("hidden1/z", cell=(0, 0)),
        Ref("x", cell=(0,), example=400),
        Ref("nowhere"),
        Ref("bias_input", example=1),
    ],
    ids=str,
)
def test_a_number_of_another_network_is_not_selected_pointed_at_or_typed_over(qapp, lesson, stale):
    player = Player()
    player.open(lesson)
    heard = []
    player.pointed_changed.connect(heard.append)
    player.select(stale)
    player.point_at(stale)
    assert player.selection is None and heard == [] and player.explanation.narration
    assert not player.moment.can_edit(stale)


@pytest.mark.parametrize("place", ["lstm/h_later", "lstm/c_later", "lstm/h_start", "lstm/c_start"])
def test_states_before_and_errors_behind_a_sequence_are_typed_over(qapp, place):
    player = Player()
    player.open(load("lstm-unit" if place.endswith("later") else "forget-gate"))
    ref = Ref(place, cell=(0,))
    player.edit(ref, -0.25)
    assert player.moment.value(ref) == -0.25
