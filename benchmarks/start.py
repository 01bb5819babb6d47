"""From the command to the painted window, beside an empty window with a plot, and what is imported."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from benchmarks.table import Row

REPEATS = 9
MOST = 10  # modules that are named
PAINTED = """
import os, time
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread
class Painted(QObject):
    '''Says when a window is painted: for the first time, and first in the loop, with a lesson in it.'''
    is_inside = is_painted = is_told = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.is_painted = True
        elif event.type() in (QEvent.Type.Expose, QEvent.Type.UpdateRequest) and not self.is_inside:
            self.is_inside, self.is_painted = True, False
            QCoreApplication.sendEvent(watched, event)
            self.is_inside = False
            if self.is_painted:
                self.tell(f"{time.time()} {time.process_time()}")
            return True
        return False
    def tell(self, now):
        if not self.is_told:
            print(now, flush=True)
            self.is_told = True
        if QThread.currentThread().loopLevel() > 0:
            print(now, flush=True)
            os._exit(0)
painted = Painted()
application.installEventFilter(painted)
"""
EMPTY = f"""
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph
application = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
window.setCentralWidget(pyqtgraph.PlotWidget())
{PAINTED}
window.show()
application.exec()
"""
OURS = f"""
import gc
gc.disable()
from PySide6.QtWidgets import QApplication
application = QApplication([])
{PAINTED}
gc.enable()
from nnviz.__main__ import main
main([])
"""


class Start(NamedTuple):
    """Seconds until a window is painted, and until a lesson is in it: from the command on, and of work."""

    window: float
    window_work: float
    lesson: float
    lesson_work: float


class Import(NamedTuple):
    """What the interpreter says of one module, in ms: without and with what it imports first."""

    name: str
    alone: float
    all: float


def rows() -> Iterator[Row]:
    """Every measurement of this file."""
    with tempfile.TemporaryDirectory() as folder:
        environment = surroundings(folder)
        for script in (EMPTY, OURS):  # once, for the compiled modules and the cache of the disk
            _started(script, environment)
        yield from _starts(environment)
        yield from _imports(environment)


def surroundings(folder: str) -> dict[str, str]:
    """Of a program that was started before: modules are compiled, and nobody has settings."""
    found = {**os.environ, "XDG_CONFIG_HOME": folder, "PYTHONPYCACHEPREFIX": folder}
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    found.setdefault("QT_QPA_PLATFORM", "offscreen")
    return found


def _starts(environment: dict[str, str]) -> Iterator[Row]:
    pairs = [(_started(EMPTY, environment), _started(OURS, environment)) for _ in range(REPEATS)]
    empty, ours = (Start(*map(min, zip(*column, strict=True))) for column in zip(*pairs, strict=True))
    beside = f"against an empty PySide6 + pyqtgraph window ({empty.window:.2f} s)"
    yield Row(
        f"start to painted window ({ours.window:.2f} s) {beside}",
        ours.window / empty.window,
        "×",
        1.5,
        (_work(ours.window_work, empty.window_work),),
    )
    yield Row(
        f"start to painted lesson ({ours.lesson:.2f} s) {beside}",
        ours.lesson / empty.window,
        "×",
        2,
        (_work(ours.lesson_work, empty.window_work),),
    )


def _work(ours: float, empty: float) -> str:
    """The time of the processor, which others on the machine do not make longer."""
    return f"processor time {ours:.2f} s against {empty:.2f} s: {ours / empty:.2f} ×"


def _started(script: str, environment: dict[str, str]) -> Start:
    start = time.time()
    window, window_work, lesson, lesson_work = map(float, _run(["-c", script], environment).stdout.split())
    return Start(window - start, window_work, lesson - start, lesson_work)


def _run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)


def _imports(environment: dict[str, str]) -> Iterator[Row]:
    """What is imported until a lesson is painted, the dearest first; taking the times costs time."""
    found = list(read_imports(_run(["-X", "importtime", "-c", OURS], environment).stderr))
    own = [one for one in found if one.name.split(".")[0] == "nnviz"]
    yield Row("own modules imported until the lesson is painted", len(own), "modules", None, _dearest(own))
    others = [one for one in found if one not in own]
    yield Row("modules of others", len(others), "modules", None, _packages(others))


def read_imports(told: str) -> Iterator[Import]:
    """The lines of ``python -X importtime``: microseconds alone | with what it imports | name."""
    for line in told.splitlines():
        alone, _, rest = line.removeprefix("import time:").partition("|")
        every, _, name = rest.partition("|")
        if alone.strip().isdigit() and every.strip().isdigit():
            yield Import(name.strip(), int(alone) / 1000, int(every) / 1000)


def _dearest(modules: Iterable[Import]) -> tuple[str, ...]:
    first = sorted(modules, key=lambda one: one.alone, reverse=True)[:MOST]
    return tuple(f"{one.name}: {one.alone:.1f} ms, {one.all:.1f} ms with what it imports" for one in first)


def _packages(modules: Iterable[Import]) -> tuple[str, ...]:
    sums: dict[str, float] = {}
    for one in modules:
        package = one.name.split(".")[0]
        sums[package] = sums.get(package, 0.0) + one.alone
    first = sorted(sums.items(), key=lambda item: item[1], reverse=True)[:MOST]
    return tuple(f"{package}: {spent:.1f} ms" for package, spent in first)
