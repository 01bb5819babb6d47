"""How fast the window answers: a key to its painted frame, a jump, curves. Offscreen."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator

from benchmarks.table import Row

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

LSTM = """
format = 1
title = "A text with a rhythm of ten symbols"
[network]
initial = { method = "glorot_uniform", seed = 3 }
[[network.layers]]
name = "Memory"
kind = "lstm"
units = 16
[[network.layers]]
name = "Output"
units = 3
activation = "softmax"
[data]
text = ["abbbbbbbbcabbbbbbbbca"]
alphabet = "abc"
[training]
loss = "cross_entropy"
learning_rate = 0.1
"""
SCRUBBED = 200  # places of an iteration


def rows() -> Iterator[Row]:
    """Every measurement of this file."""
    window = _window()
    yield from _stepping(window)
    yield _jumps(window)
    yield from _cells(window)
    yield from _steps_of_time(window)
    window.close()
    yield _curves()


def _window():  # type: ignore[no-untyped-def]
    from nnviz.lessons import catalogue
    from nnviz.ui.application import make_application, settle_lessons
    from nnviz.ui.main_window import MainWindow

    make_application()
    window = MainWindow()
    settle_lessons(window)
    window.show()
    _open(window, catalogue.load("power-plant-logistic"))
    window.activateWindow()
    window.canvas.setFocus()
    _settle()
    return window


def _open(window, lesson) -> None:  # type: ignore[no-untyped-def]
    """As somebody does who looks at a lesson before stepping through it."""
    from PySide6.QtTest import QTest

    window.open_lesson(lesson)
    QTest.qWait(1000)


def _settle() -> None:
    """Until nothing is left to paint."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    for _ in range(3):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)


def _timed(act: Callable[[], object]) -> float:
    from PySide6.QtWidgets import QApplication

    start = time.perf_counter()
    act()
    QApplication.processEvents()
    return (time.perf_counter() - start) * 1000


def _stepping(window) -> Iterator[Row]:  # type: ignore[no-untyped-def]
    """Every stop of two iterations at depth Term and Neuron, forward and back."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from nnviz.engine.outline import Depth

    times = []
    for depth, steps in ((Depth.NEURON, 50), (Depth.TERM, 350)):
        window.player.set_depth(depth)
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            times += [_timed(lambda key=key: QTest.keyClick(window.canvas, key)) for _ in range(steps)]
    yield from _median_and_worst("key to painted frame, 2-3-2-1", times)


def _cells(window) -> Iterator[Row]:  # type: ignore[no-untyped-def]
    """Cell by cell in every layer of LeNet-5."""
    from nnviz.engine.outline import Depth
    from nnviz.lessons import catalogue

    _open(window, catalogue.load("lenet-5"))
    yield from _median_and_worst("key to painted frame, LeNet-5 cell by cell", _keys(window, Depth.NEURON))


def _steps_of_time(window) -> Iterator[Row]:  # type: ignore[no-untyped-def]
    """A 20-step LSTM with 16 units: unit by unit, step by step, and the line of time dragged along."""
    from nnviz.engine.outline import Depth
    from nnviz.lessons import catalogue

    _open(window, catalogue.from_text(LSTM))
    times = [time for depth in (Depth.NEURON, Depth.MAP) for time in _keys(window, depth)]
    yield from _median_and_worst("key to painted frame, LSTM of 16 units over 20 steps", times)
    player = window.player
    length = player.walk.outline(0).length
    places = range(0, length, max(1, length // SCRUBBED))
    times = [_timed(lambda place=place: player.seek(0, place)) for place in (*places, *reversed(places))]
    yield from _median_and_worst("scrubbing to painted frame, LSTM of 16 units over 20 steps", times)


def _keys(window, depth) -> list[float]:  # type: ignore[no-untyped-def]
    """30 steps in the middle of each stage, and back, in ms."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    player = window.player
    player.set_depth(depth)
    times = []
    for stage in player.walk.outline(0).stages:
        player.seek(0, stage.starts[stage.units // 2])
        _settle()
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            times += [_timed(lambda key=key: QTest.keyClick(window.canvas, key)) for _ in range(30)]
    return times


def _median_and_worst(name: str, times: list[float]) -> Iterator[Row]:
    """Within one frame of 60 Hz as a rule, within two nearly always."""
    worst = sorted(times)[int(len(times) * 0.99)]
    yield Row(f"{name}, median", statistics.median(times), "ms", 16)
    yield Row(f"{name}, 99th percentile", worst, "ms", 33)


def _jumps(window) -> Row:  # type: ignore[no-untyped-def]
    """Anywhere in the run to convergence; the slowest of a hundred jumps."""
    player = window.player
    while not player.timeline.extend(500, player.lesson.stop):
        pass
    chance = random.Random(0)
    last = player.timeline.length - 1
    length = player.walk.outline(0).length
    places = [(chance.randint(0, last), chance.randint(1, length)) for _ in range(100)]
    times = [_timed(lambda place=place: player.seek(*place)) for place in places]
    return Row(f"jump to any of {last:,} iterations, slowest of 100", max(times), "ms", 50)


def _curves() -> Row:
    """Training and validation error of 10,000 epochs beside five pinned runs, growing live."""
    import numpy as np

    from nnviz.ui.loss.curves import Choice, Pin, Run, RunReader, drawing_of
    from nnviz.ui.loss.plot import LossPlot

    chance = np.random.default_rng(0)
    rows = np.column_stack([np.arange(10_000), *chance.random((2, 10_000))])
    pins = [Pin(f"{place}", place, Run(rows[:, 1], rows + place, rows, 1)) for place in range(5)]
    plot, reader, choice = LossPlot(), RunReader(1, with_measures=True), Choice(is_logarithmic=True)
    plot.widget.resize(350, 200)
    plot.widget.show()
    _settle()

    def grow(count: int) -> None:
        reader.run = reader.seen = Run(rows[:count, 1], rows[:count], rows[:count], 1)
        plot.show(drawing_of(reader, choice, pins))
        plot.widget.viewport().repaint()

    times = [_timed(lambda count=count: grow(count)) for count in range(9_000, 10_000, 20)]
    plot.widget.close()
    return Row(
        "curves of 10,000 epochs and five pins, a live frame, median", statistics.median(times), "ms", 50
    )
