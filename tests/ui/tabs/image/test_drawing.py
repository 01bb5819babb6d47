"""Drawing on the image tab: strokes, shifts, clearing, files, and what of it is told as one change."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from nnviz.engine.ref import Ref
from nnviz.lessons.lesson import ImageInfo
from nnviz.ui.tabs.image.view import INVERTED
from tests.ui.image_stand import (
    FOUR,
    INFO,
    LEFT,
    RIGHT,
    PixelStand,
    center,
    classifier,
    maps_only,
    pixel,
    stroke,
)

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def four(qtbot):
    return PixelStand(qtbot, maps_only(), INFO)


@pytest.fixture
def digit(qtbot):
    return PixelStand(qtbot, classifier((1, 28, 28), 10), ImageInfo("Digit", 28, 28, ("",), 0.0, 1.0))


def test_a_stroke_of_the_pen_on_a_small_image(four):
    QTest.mouseClick(four.view.tools.tools["pen"], LEFT)
    stroke(four.grid, (0, 0, 0), (0, 0, 1), (0, 0, 4))
    assert {number for _, number in four.strokes} == {1}
    assert four.strokes[0][0] == ((pixel(0, 0), 255.0),)
    assert dict(four.strokes[-1][0]) == {pixel(0, c): 255.0 for c in range(5)}
    assert four.heard["picked"] == [] and four.heard["edited_many"] == []


def test_the_next_stroke_has_another_number(four):
    four.view.tools.choose("pen")
    stroke(four.grid, (0, 0, 0))
    stroke(four.grid, (0, 5, 5))
    assert [number for _, number in four.strokes] == [1, 2]


@pytest.mark.parametrize(("tool", "button"), [("pen", RIGHT), ("eraser", LEFT), ("eraser", RIGHT)])
def test_erasing(four, tool, button):
    four.view.tools.choose(tool)
    stroke(four.grid, (0, 3, 1), (0, 3, 4), button=button)
    assert dict(four.strokes[-1][0]) == {pixel(3, c): 0.0 for c in (1, 2, 3, 4)}


def test_a_large_image_is_drawn_softly(digit):
    digit.edit([(Ref("x", cell=cell), 0.0) for cell in np.ndindex(1, 28, 28)])
    digit.view.tools.choose("pen")
    stroke(digit.grid, (0, 10, 10))
    assert sorted(value for _, value in digit.strokes[-1][0]) == [0.3] * 4 + [0.6] * 4 + [1.0]


def test_the_stroke_shows_at_once_and_afterwards_the_moment_alone(four):
    four.view.tools.choose("pen")
    where = center(four.grid, pixel(0, 0))
    QTest.mousePress(four.grid, LEFT, pos=where)
    assert four.grid.values[0, 0, 0] == 255.0
    QTest.mouseRelease(four.grid, LEFT, pos=where)
    assert four.grid.values[0, 0, 0] == 0.0, "nobody has taken the stroke over"


def test_drawing_together_with_a_player(four):
    four.view.drawn.connect(lambda values, _: four.edit(values))
    four.view.tools.choose("pen")
    stroke(four.grid, (0, 0, 0), (0, 0, 5))
    assert (four.image()[0, 0] == 255).all()
    assert np.array_equal(four.grid.values, four.image())


def test_nothing_is_told_where_nothing_changes(four):
    four.view.tools.choose("pen")
    stroke(four.grid, (0, 1, 1))
    assert four.strokes == []


# The whole image


@pytest.mark.parametrize(
    ("way", "key"),
    [((0, -1), Key.Key_Left), ((0, 1), Key.Key_Right), ((-1, 0), Key.Key_Up), ((1, 0), Key.Key_Down)],
)
@pytest.mark.parametrize("by_key", [False, True])
def test_a_shift_is_one_change(qtbot, four, way, key, by_key):
    if by_key:
        QTest.keyClick(four.view, key, ALT)
        qtbot.waitUntil(
            lambda: bool(four.heard["edited_many"])
        )  # a key presses a button and lets it go again
    else:
        QTest.mouseClick(four.view.tools.shifts[way], LEFT)
    assert np.array_equal(four.only_change(), np.roll(FOUR, way, (1, 2)))


def test_what_leaves_is_lost(four):
    moves = [(0, -1)] * 3
    for way in moves:
        four.view.shift(*way)
        four.edit(four.heard["edited_many"].pop())
    wanted = np.zeros((1, 6, 6))
    wanted[:, :, :3] = FOUR[:, :, 3:]
    assert np.array_equal(four.image(), wanted)


def test_clear_and_original(four):
    QTest.mouseClick(four.view.tools.clear, LEFT)
    assert not four.only_change().any()
    four.edit(four.heard["edited_many"].pop())
    QTest.mouseClick(four.view.tools.original, LEFT)
    assert np.array_equal(four.only_change(), FOUR)


def test_original_does_nothing_where_nothing_was_changed(four):
    QTest.mouseClick(four.view.tools.original, LEFT)
    assert four.heard["edited_many"] == []


def test_a_sequence_moves_sideways_only_and_is_in_no_file(qtbot):
    graph_of_rows = PixelStand(qtbot, classifier((1, 3, 9)))
    assert graph_of_rows.view.tools.load.isEnabled()
    tools = graph_of_rows.view.tools
    tools.set_can(False, True)
    assert [button.isEnabled() for button in tools.shifts.values()] == [True, False, False, True]
    assert not tools.load.isEnabled()


# Files


def picture(tmp_path, paper="black"):
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor(paper))
    for i in range(20, 40):
        for j in range(20, 40):
            image.setPixelColor(i, j, QColor("white" if paper == "black" else "black"))
    path = tmp_path / f"{paper}.png"
    assert image.save(str(path))
    return path


def test_a_loaded_image_is_one_change(four, tmp_path):
    four.view.load(picture(tmp_path))
    wanted = np.zeros((1, 6, 6))
    wanted[:, 2:4, 2:4] = 255
    assert np.array_equal(four.only_change(), wanted)
    assert four.view.message.isHidden()


def test_ink_on_paper_is_inverted_and_it_is_said(four, tmp_path):
    four.view.load(picture(tmp_path, "white"))
    assert four.only_change()[0, 0, 0] == 0.0
    assert four.view.message.isVisible() and four.view.message.text() == INVERTED


def test_a_bad_file_is_explained_and_changes_nothing(four, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("no picture")
    four.view.load(path)
    [box] = four.view.findChildren(QMessageBox)
    assert box.isVisible() and "notes.txt: found no picture, wanted a PNG" in box.text()
    assert four.heard["edited_many"] == []
    box.close()


def test_a_dropped_file_is_loaded(four, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture(tmp_path)))])
    event = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    four.view.dropEvent(event)
    assert event.isAccepted() and four.only_change()[0, 2, 2] == 255
