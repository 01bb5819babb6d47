"""Numbers that cannot train are told in the window, and nothing of numpy's warnings in the terminal."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QApplication

from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.lessons import catalogue
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
PAINTS = ("draw", "fill", "setPen", "setClip", "translate", "scale", "rotate")
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
        for key in window.tabs.tabs:
            window.tabs.open(key)
            QApplication.processEvents()
        player.step()
        QApplication.processEvents()
    player.mark_saved()  # or it asks
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


def numbers_in(drawn: object) -> Iterator[float]:
    """The numbers that say where or how wide something is drawn."""
    match drawn:
        case float():
            yield drawn
        case QPointF():
            yield from drawn.toTuple()
        case QRectF():
            yield from drawn.getRect()
        case QLineF():
            yield from (drawn.x1(), drawn.y1(), drawn.x2(), drawn.y2())
        case QPen():
            yield drawn.widthF()
        case QPainterPath():
            for place in range(drawn.elementCount()):
                yield from (drawn.elementAt(place).x, drawn.elementAt(place).y)
        case tuple() | list():
            for one in drawn:
                yield from numbers_in(one)


@pytest.fixture
def drawn_nowhere(monkeypatch) -> list[str]:
    """What is painted at a place that is not a number, for as long as the test runs."""
    found: list[str] = []

    def watch(name: str) -> None:
        real = getattr(QPainter, name)

        def paint(self, *what):
            if not all(map(math.isfinite, numbers_in(what))):
                found.append(f"{name} by {sys._getframe(1).f_code.co_qualname}")
            return real(self, *what)

        monkeypatch.setattr(QPainter, name, paint)

    for name in dir(QPainter):
        if name.startswith(PAINTS):
            watch(name)
    return found


def with_weights_of(window, name: str, size: float) -> None:
    """Open a lesson and make all its weights as large as this, with both signs."""
    window.open_lesson(catalogue.load(name))
    signs = np.random.default_rng(1)
    graph = window.player.timeline.graph
    refs = [Ref(node.scope, cell=cell) for node in graph.parameters for cell in np.ndindex(node.shape)]
    window.player.edit_many(tuple((ref, size * float(signs.choice((-1, 1)))) for ref in refs))


OVERFLOWING = (
    "softmax-by-hand",
    "initialization-large",
    "image-of-a-4",
    "dying-relu-prelu",
    "parabola-newton",
    "lstm-unit",
    "names-simple",
)


@pytest.mark.parametrize("size", [1e308, 1e20])
@pytest.mark.parametrize("name", OVERFLOWING)
def test_what_is_no_number_is_drawn_nowhere(qtbot, drawn_nowhere, name, size):
    window = MainWindow()
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    with np.errstate(all="ignore"):  # as in the running program
        with_weights_of(window, name, size)
        window.player.set_depth(Depth.LAYER)
        for key in (*window.tabs.offered, *window.tabs.offered):
            window.tabs.open(key)
            QApplication.processEvents()
            window.player.step()
            QApplication.processEvents()
    assert drawn_nowhere == []
