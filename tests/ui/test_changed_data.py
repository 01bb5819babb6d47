"""Data that was changed by hand is no longer told as what it was, in the window and in what it saves."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication

from nnviz.engine.ref import Part, Ref
from nnviz.lessons.build import build
from nnviz.lessons.composing import DataChoice, compose, suggested
from nnviz.ui.main_window import MainWindow
from nnviz.ui.own_network import save


@pytest.fixture
def window(qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    choice = DataChoice("gaussians", examples=12, validation=0.0)
    window.open_lesson(build("own", compose(suggested(choice))))
    window.show()
    return window


def texts(window):
    model = window.tabs["data"].grid.table
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def source_of(window):
    return next(one.text() for one in window.tabs["conventions"].labels if one.text().startswith("Source"))


def test_the_raw_number_beside_an_edited_one_is_gone_and_comes_back_with_undo(window):
    window.try_to_open("power-plant-logistic")
    before = texts(window)
    assert window.tabs["data"].grid.table.columns[0].part is Part.RAW and before[2][0]
    window.canvas.edited.emit(Ref("x", cell=(0,), example=2), 0.25)
    after = texts(window)
    assert after[2][0] == "–" and float(after[2][1]) == 0.25
    assert [row for i, row in enumerate(after) if i != 2] == [row for i, row in enumerate(before) if i != 2]
    window.player.undo()
    assert texts(window) == before


def test_a_class_beside_an_edited_target_is_gone(window):
    window.canvas.edited.emit(Ref("t", cell=(0,), example=0), 0.25)
    raw = next(i for i, one in enumerate(window.tabs["data"].grid.table.columns) if one.title == "class")
    assert texts(window)[0][raw] == "–" and texts(window)[1][raw] in ("0", "1")


def test_numbers_that_are_typed_in_are_not_said_to_be_drawn(window, tmp_path):
    drawn = "Source: Data: gaussians, drawn at random with seed 0"
    assert source_of(window) == drawn
    grid = window.tabs["data"].grid
    grid.setCurrentIndex(grid.table.index(0, 0))
    QGuiApplication.clipboard().setText("\n".join(f"{i / 8}\t{i / 4}" for i in range(12)))
    grid.paste()
    assert source_of(window) == f"{drawn} · data changed by hand since"
    save(window.context, tmp_path / "mine.nnviz.toml")
    assert window.notice.text == "Saved as mine.nnviz.toml."
    inputs = window.player.timeline.settings(0).inputs
    shown = texts(window)
    window.try_to_open(str(tmp_path / "mine.nnviz.toml"))
    assert window.player.timeline.settings(0).inputs.tobytes() == inputs.tobytes()
    assert texts(window) == shown and source_of(window) == f"{drawn} · 24 numbers of the data changed by hand"
    assert window.player.lesson.classes == ("0", "1")
