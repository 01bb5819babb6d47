"""What is far ahead in a run is reached with the window live, and can be given up on the way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nnviz.engine.outline import Depth
from nnviz.lessons import catalogue
from nnviz.resources import resource
from nnviz.ui import pace
from nnviz.ui.main_window import MainWindow

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
FAR = 100_000
LESSON = "10-power-plant-logistic.nnviz.toml"


def lesson_from(iteration=1, batch='"all"'):
    text = resource("lessons", LESSON).read_text(encoding="utf-8")
    text = text.replace("[start]", f"[start]\niteration = {iteration}").replace(
        'batch = "all"', f"batch = {batch}"
    )
    return catalogue.from_text(text)


@pytest.fixture
def window(qtbot):
    one = MainWindow()
    qtbot.addWidget(one)
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    return one


def test_a_lesson_that_starts_far_ahead_is_shown_at_once_and_goes_there(window, qtbot):
    window.open_lesson(lesson_from(FAR))
    player = window.player
    assert player.is_running and window.canvas.moment is not None
    assert window.transport.run_button.toolTip() == "Stop the run (G)"
    assert " of 99,999 iterations" in window.transport.bar._progress
    reached = player.timeline.length
    qtbot.waitUntil(lambda: player.timeline.length > reached)
    qtbot.mouseClick(window.transport.run_button, LEFT)
    assert not player.is_running
    last = player.timeline.length - 1
    assert player.cursor.iteration == last < FAR - 1
    assert window.notice.text == f"Stopped at iteration {last + 1:,}, on the way to iteration 100,000."
    qtbot.keyClick(window.canvas.board, Key.Key_Right)
    assert player.moment.value(player.notation.parse("z[3]")) is not None


def test_it_arrives(window, qtbot, monkeypatch):
    monkeypatch.setattr(pace, "AT_ONCE_SECONDS", 0.0)
    lesson = lesson_from(400)
    window.open_lesson(lesson)
    assert window.player.is_running
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=20_000)
    assert window.player.cursor.iteration == 399
    assert window.player.cursor.position == lesson.start.position
    assert window.player.cursor.example == lesson.start.example
    assert window.notice.text == ""


def test_what_is_near_is_reached_at_once(window):
    window.open_lesson(lesson_from(3))
    assert window.player.cursor.iteration == 2 and not window.player.is_running


def seek(player):
    player.seek(FAR, 0)


def epoch(player):
    player.over(Depth.EPOCH)


def by_the_key(player):
    player.set_depth(Depth.EPOCH)
    player.step()


def example(player):
    player.set_example(3)


@pytest.mark.parametrize("go", [seek, epoch, by_the_key, example])
@pytest.mark.parametrize("end", ["Escape to a step", "G", "another lesson"])
def test_every_far_move_can_be_given_up(window, qtbot, monkeypatch, go, end):
    monkeypatch.setattr(pace, "AT_ONCE_SECONDS", 0.0)
    window.open_lesson(lesson_from(batch=1))
    window.canvas.setFocus()
    player = window.player
    player.set_example(0)
    qtbot.waitUntil(lambda: not player.is_running)
    go(player)
    assert player.is_running
    if end == "another lesson":
        window.try_to_open("xor")
        assert player.lesson.name == "xor"
    else:
        qtbot.keyClick(window.canvas.board, Key.Key_G if end == "G" else Key.Key_Left)
    assert not player.is_running and player.cursor.iteration < player.timeline.length
    QApplication.processEvents()
    assert not player.is_running


def test_playing_waits_for_a_long_epoch_without_holding_up_the_window(window, qtbot, monkeypatch):
    reaches, asked = pace.Runner.reaches, []

    def slowly(timeline, iteration):
        asked.append(iteration)
        return len(asked) % 10 == 0 and reaches(timeline, iteration)

    monkeypatch.setattr(pace.Runner, "reaches", staticmethod(slowly))
    window.open_lesson(lesson_from(batch=1))
    player = window.player
    player.set_depth(Depth.EPOCH)
    player.set_speed(8.0)
    asked.clear()
    player.play()
    qtbot.waitUntil(lambda: player.cursor.iteration >= 7, timeout=20_000)
    player.pause()
    assert asked[:20] == [3] * 10 + [7] * 10
    assert player.cursor.position == player.walk.outline(player.cursor.iteration).length
