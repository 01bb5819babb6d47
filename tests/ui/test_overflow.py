"""Nothing of numpy's warnings reaches the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

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
