"""Numbers that cannot train are told in the window, and nothing of numpy's warnings in the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from nnviz.ui.main_window import MainWindow

LESSON = """
format = 1
title = "Huge"
[network]
inputs = ["x"]
[[network.layers]]
name = "Out"
units = 1
activation = "identity"
weights = [[0.0, 0.5]]
[data]
columns = ["x", "t"]
rows = [[1e200, 1]]
[training]
loss = "squared_error"
learning_rate = 0.1
"""
SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from nnviz.engine.ref import Ref
from nnviz.lessons import catalogue
from nnviz.ui import application
from nnviz.ui.main_window import MainWindow

def type_it():
    window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    if window.player.lesson is None:
        QTimer.singleShot(100, type_it)
        return
    player, graph = window.player, window.player.timeline.graph
    for number in (1e308, -1e200):
        player.edit(Ref(graph.data.scope, cell=(0,) * len(graph.data.shape), example=0), number)
        player.to_end()
        for table in window.tables:
            window.tabs.setCurrentWidget(table)
            QApplication.processEvents()
        player.step()
        QApplication.processEvents()
    window.close()

application.make_application()
QTimer.singleShot(300, type_it)
sys.exit(application.run(lambda: catalogue.load(sys.argv[1])))
"""


@pytest.mark.parametrize("lesson", ["xor", "softmax-by-hand"])
def test_a_number_that_overflows_is_no_matter_of_the_terminal(lesson, tmp_path):
    environment = os.environ | {
        "PYTHONWARNINGS": "always::RuntimeWarning",
        "XDG_CONFIG_HOME": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-c", SCRIPT, lesson]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=110, check=False)
    assert done.returncode == 0
    assert "Warning" not in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_the_window_says_it_when_the_lesson_opens(qtbot, lesson, tmp_path):
    path = tmp_path / "huge.nnviz.toml"
    path.write_text(LESSON, encoding="utf-8")
    window = MainWindow()
    qtbot.addWidget(window)
    window.open_lesson(lesson)
    assert window.notice.text == ""
    with np.errstate(all="ignore"):  # as in the running program
        window.try_to_open(str(path))
        assert window.notice.text.startswith("The inputs are as large as 1.0e200")
        window.open_lesson(lesson)
    assert window.notice.text == ""
