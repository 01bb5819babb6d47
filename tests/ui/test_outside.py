"""A lesson that reads a file outside of its folder is opened when somebody allows it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from nnviz.ui.main_window import MainWindow
from tests.lessons.test_csv_file import LESSON

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.mark.parametrize("is_allowed", [True, False])
def test_the_window_asks_before_it_reads_outside_of_the_folder(window, qtbot, tmp_path, is_allowed):
    (tmp_path / "course").mkdir()
    (tmp_path / "table.csv").write_text("a,b,y\n1,2,3\n2,3,5\n0,1,1\n")
    path = tmp_path / "course" / "one.nnviz.toml"
    path.write_text(LESSON.format(units=1, csv="../table.csv", data=""))
    window.try_to_open(str(path))
    assert window.player.lesson is None
    box = window.findChild(QMessageBox)
    assert box.isVisible() and "one.nnviz.toml" in box.text() and "table.csv" in box.informativeText()
    wanted = "Read the file" if is_allowed else "Cancel"
    button = next(one for one in box.buttons() if one.text().replace("&", "") == wanted)
    qtbot.mouseClick(button, LEFT)
    assert (window.player.lesson is not None) == is_allowed
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is None)
