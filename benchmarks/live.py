"""How the window answers while a run trains at full speed: how long events wait, how often it paints."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.table import Row

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SECONDS = 4.0
CASES = (
    ("spirals", "output"),
    ("spirals", "error"),
    ("spirals", "spread"),
    ("cnn-digits", "image"),
    ("lenet-5", "image"),
)


def rows() -> Iterator[Row]:
    """Every measurement of this file."""
    from nnviz.lessons import catalogue
    from nnviz.ui.application import make_application
    from nnviz.ui.main_window import MainWindow

    make_application()
    for name, table in CASES:
        window = MainWindow()
        lesson = catalogue.load(name)
        window.open_lesson(replace(lesson, stop=replace(lesson.stop, loss_below=None, iterations=10**6)))
        window.show()
        window.tabs.open(table)
        yield from _watched(window, f"{name}, {table} in front")
        window.close()
        window.deleteLater()


def _watched(window, name: str) -> Iterator[Row]:  # type: ignore[no-untyped-def]
    """Events that come in at random moments of a run, and the paint events of the canvas."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    listener, chance, over = _listener(), random.Random(1), threading.Event()

    def send() -> None:
        while not over.wait(0.02 + 0.05 * chance.random()):
            listener.sent.append(time.perf_counter())
            QCoreApplication.postEvent(listener, QEvent(listener.kind))

    window.canvas.board.viewport().installEventFilter(listener)
    for _ in range(20):
        QApplication.processEvents()
    window.player.run_to_stop()
    sender = threading.Thread(target=send)
    sender.start()
    _run(window)
    over.set()
    sender.join()
    window.player.stop_running()
    if len(listener.waits) < 5 or len(listener.frames) < 2:
        return
    waits, frames = sorted(listener.waits), listener.frames
    wait = 1000 * waits[int(len(waits) * 0.95)]
    yield Row(f"{name}: wait of an event, 95th percentile of {len(waits)}", wait, "ms", 50)
    gaps = sorted(b - a for a, b in zip(frames, frames[1:], strict=False))
    gap = 1000 * gaps[int(len(gaps) * 0.95)]
    yield Row(f"{name}: from frame to frame, 95th percentile of {len(frames)}", gap, "ms", 50)


def _run(window) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until and window.player.is_running:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)


def _listener():  # type: ignore[no-untyped-def]
    """Notes when events of its kind were sent, how long they waited, and when something was painted."""
    from PySide6.QtCore import QEvent, QObject

    class Listener(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.kind = QEvent.Type(QEvent.registerEventType())
            self.sent: list[float] = []
            self.waits: list[float] = []
            self.frames: list[float] = []

        def event(self, event: QEvent) -> bool:
            if event.type() == self.kind:
                self.waits.append(time.perf_counter() - self.sent[len(self.waits)])
                return True
            return super().event(event)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint:
                self.frames.append(time.perf_counter())
            return False

    return Listener()
