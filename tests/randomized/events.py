"""Random keys and mouse events on the real window.

``python -m tests.randomized.events --count 100000 --seed 1``: the same seed sends the same events. Whatever
goes wrong is reported with the seed and the last events: an exception, a warning of Qt, objects that stay,
memory that grows. Files are chosen by chance instead of by Qt's dialog, and the window does not close.
"""

from __future__ import annotations

import argparse
import ctypes
import faulthandler
import gc
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QWidget

from nnviz.lessons import catalogue
from nnviz.ui.application import make_application
from nnviz.ui.leaving import Answer, Question
from nnviz.ui.main_window import MainWindow
from nnviz.ui.style import theme
from tests.ui.test_endurance import DIALOGS

KEYS = [key for key in Qt.Key if 0x20 <= key.value <= 0x7E or 0x01000000 <= key.value <= 0x0100003B]
MODIFIERS = ("No", "No", "No", "No", "Shift", "Control", "Control", "Alt", "Control|Shift", "Meta")
NUMBERS = (
    "0.5",
    "0,5",
    "1/2",
    "5e-1",
    "-3",
    "1e308",
    "1e-300",
    "0",
    "12345678901234567890",
    "x",
    "1,650",
    "nan",
    "",
)
ANSWERS = (Answer.Discard, Answer.Discard, Answer.Save, Answer.Cancel, None)  # None: what comes next answers
SIZES = ((800, 480), (860, 680), (1000, 700), (1180, 760), (1440, 900), (1920, 1080))
LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
BUTTONS = (LEFT,) * 8 + (RIGHT, MIDDLE)
EXPECTED = "This plugin does not support"  # of the platform without a screen
PATIENCE = 12  # events until an open dialog is closed
LISTED = 25  # events of a report
ROUND = 1000  # events between two counts
SETTLED = 3  # rounds until every view has been seen
SPARE_OBJECTS, SPARE_MEMORY = 150, 300  # MB


class FaultError(Exception):
    """What went wrong, in words."""


class Driver:
    """Sends events to a window and listens to what goes wrong."""

    def __init__(self, window: MainWindow, seed: int, folder: Path) -> None:
        self.window, self.seed = window, seed
        self.draw = random.Random(seed)
        self.last: deque[str] = deque(maxlen=LISTED)
        self.faults: list[str] = []
        self.sent: Counter[str] = Counter()
        self.lessons: set[str] = set()
        self.dialogs: set[str] = set()
        self._names = [entry.name for entry in catalogue.entries()]
        self._folder = folder
        self._open_for = 0
        self._events: dict[Callable[[], str], int] = {
            self.key: 30,
            self.click: 22,
            self.double_click: 6,
            self.context_menu: 3,
            self.drag: 5,
            self.wheel: 4,
            self.hover: 10,
            self.type_number: 6,
            self.wait: 8,
            self.resize: 1,
            self.toggle_theme: 1,
            self.open_lesson: 3,
            self.open_dialog: 2,
        }
        self._watch = QTimer()
        self._watch.setInterval(0)
        self._watch.timeout.connect(self._end_waiting)
        self._waits_since = 0.0

    def run(self, count: int) -> None:
        """Send so many events. Raises FaultError."""
        with Listener(self), np.errstate(all="ignore"):  # as in the running program
            objects: list[int] = []
            memory = 0.0
            for number in range(count):
                self.send()
                if number % ROUND == ROUND - 1:
                    objects.append(self._at_rest())
                    if len(objects) == SETTLED:
                        memory = _megabytes()
                    self._judge(objects, memory)
                    print(
                        f"{number + 1:,} events, {objects[-1]:,} objects, {_megabytes():.0f} MB", flush=True
                    )

    def send(self) -> None:
        """One event, and all that follows from it."""
        event = self.draw.choices(list(self._events), list(self._events.values()))[0]
        self.sent[event.__name__] += 1
        self._waits_since = time.monotonic()
        self._watch.start()  # for a dialog that does not return before it is answered
        self.last.append(event.__name__)
        try:
            self.last[-1] = f"{event.__name__} {event()}"
        except Exception:
            self.faults.append(traceback.format_exc())
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._watch.stop()
        self._note()
        self._close_what_is_open_long()
        if self.faults:
            raise FaultError("\n".join(self.faults))

    # The events

    def key(self) -> str:
        key, modifiers, target = self.draw.choice(KEYS), self._modifiers(), self._with_focus()
        QTest.keyClick(target, key, modifiers)
        return f"{key.name} {modifiers.name} at {_named(target)}"

    def type_number(self) -> str:
        text, target = self.draw.choice(NUMBERS), self._with_focus()
        end = self.draw.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape, None))
        for letter in text:
            QTest.keyClick(self._with_focus(), letter)
        if end is not None:
            QTest.keyClick(self._with_focus(), end)
        return f"{text!r}, {end} at {_named(target)}"

    def click(self) -> str:
        target, place = self._place()
        button, modifiers = self.draw.choice(BUTTONS), self._modifiers()
        QTest.mouseClick(target, button, modifiers, place)
        return f"{button.name} {modifiers.name} at {place.toTuple()} of {_named(target)}"

    def double_click(self) -> str:
        target, place = self._place()
        QTest.mouseClick(target, LEFT, pos=place)
        if _is_there(target):
            QTest.mouseDClick(target, LEFT, pos=place)
        return f"at {place.toTuple()}"

    def context_menu(self) -> str:
        target, place = self._place()
        by = QContextMenuEvent.Reason.Mouse
        QCoreApplication.sendEvent(target, QContextMenuEvent(by, place, target.mapToGlobal(place)))
        return f"at {place.toTuple()}"

    def drag(self) -> str:
        target, place = self._place()
        QTest.mousePress(target, LEFT, pos=place)
        for _ in range(self.draw.randint(1, 6)):
            end = place + QPoint(self.draw.randint(-80, 80), self.draw.randint(-80, 80))
            if not _is_there(target):
                return "until it was gone"
            _move(target, end, LEFT)
            place = end
        if _is_there(target):
            QTest.mouseRelease(target, LEFT, pos=place)
        return f"to {place.toTuple()} of {_named(target)}"

    def wheel(self) -> str:
        target, place = self._place()
        turn = QPoint(0, self.draw.choice((-360, -120, 120, 360)))
        at, where = QPointF(place), QPointF(target.mapToGlobal(place))
        no_button, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, where, QPoint(), turn, no_button, self._modifiers(), phase, False)
        QCoreApplication.sendEvent(target, event)
        return f"{turn.y()} at {_named(target)}"

    def hover(self) -> str:
        target, place = self._place()
        _move(target, place, Qt.MouseButton.NoButton)
        if _is_there(target) and self.draw.random() < 0.5:
            tip = QHelpEvent(QEvent.Type.ToolTip, place, target.mapToGlobal(place))
            QCoreApplication.sendEvent(target, tip)
        return f"at {place.toTuple()}"

    def wait(self) -> str:
        """Playing and training go on."""
        ticks = self.draw.randint(1, 8)
        for _ in range(ticks):
            QApplication.processEvents()
        if self.window.player.is_playing:
            self.window.player._on_play_tick()  # instead of waiting a second
        return str(ticks)

    def resize(self) -> str:
        size = self.draw.choice(SIZES)
        self.window.resize(*size)
        return str(size)

    def toggle_theme(self) -> str:
        theme().toggle()
        return "dark" if theme().colors.is_dark else "light"

    def open_lesson(self) -> str:
        name = self.draw.choice(self._names)
        self.window.try_to_open(name)
        answer = self.draw.choice(ANSWERS)
        self._answer(answer)
        return name if answer is None else f"{name}, {answer.name}"

    def open_dialog(self) -> str:
        name = self.draw.choice(list(DIALOGS))
        if self._top() is self.window:
            DIALOGS[name](self.window)
        return name

    def _answer(self, answer: Answer | None) -> None:
        """What becomes of the changes, if that is asked."""
        question = self.window.findChild(Question)
        button = question.button(answer) if question is not None and answer is not None else None
        if button is not None:  # there may be nothing that a file would keep
            QTest.mouseClick(button, LEFT)

    # Where they go

    def _modifiers(self) -> Qt.KeyboardModifier:
        words = self.draw.choice(MODIFIERS).split("|")
        both = Qt.KeyboardModifier.NoModifier
        for word in words:
            both |= getattr(Qt.KeyboardModifier, f"{word}Modifier")
        return both

    def _top(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.activeModalWidget() or self.window

    def _with_focus(self) -> QWidget:
        focused = QApplication.focusWidget()
        return focused if focused is not None and self._top().isAncestorOf(focused) else self._top()

    def _place(self) -> tuple[QWidget, QPoint]:
        """Anywhere in the window or, as often, on one of its widgets, small ones as likely as large ones."""
        top = self._top()
        shown = [one for one in top.findChildren(QWidget) if one.isVisible() and one.window() is top]
        if shown and self.draw.random() < 0.5:
            target = self.draw.choice(shown)
            return target, self._point(target)
        point = self._point(top)
        target = top.childAt(point) or top
        return target, target.mapFrom(top, point)

    def _point(self, widget: QWidget) -> QPoint:
        return QPoint(
            self.draw.randrange(max(1, widget.width())), self.draw.randrange(max(1, widget.height()))
        )

    # What has been seen

    def _note(self) -> None:
        lesson, top = self.window.player.lesson, self._top()
        if lesson is not None:
            self.lessons.add(lesson.title)
        if top is not self.window:
            self.dialogs.add(f"{type(top).__name__} {top.windowTitle()}".strip())

    # What is in the way

    def chosen_file(self, *_: object, **__: object) -> tuple[str, str]:
        """Instead of the dialog for files: none, one that is not there, or one of ours."""
        path = self._folder / f"{self.draw.choice(('one', 'two', 'three'))}.nnviz.toml"
        return ("" if self.draw.random() < 0.4 else str(path)), ""

    def _close_what_is_open_long(self) -> None:
        self._open_for = 0 if self._top() is self.window else self._open_for + 1
        while self._open_for > PATIENCE and (top := self._top()) is not self.window:
            _close(top)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _end_waiting(self) -> None:
        top = self._top()
        if top is not self.window and time.monotonic() - self._waits_since > 0.2:
            _close(top)

    # What is left

    def _at_rest(self) -> int:
        """The objects of the window with nothing open on the first lesson."""
        while (top := self._top()) is not self.window:
            _close(top)
        self.window.try_to_open(self._names[0])
        self._answer(Answer.Discard)
        for key in self.window.tabs.tabs:
            self.window.tabs[key].refresh()  # each is built by now, and counted from the first time on
        self.window.tabs.open("matrices")
        for _ in range(3):
            QApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        return len(self.window.findChildren(QObject)) + len(QApplication.topLevelWidgets())

    def _judge(self, objects: list[int], memory: float) -> None:
        if len(objects) <= SETTLED:
            return
        if objects[-1] > objects[SETTLED - 1] + SPARE_OBJECTS:
            raise FaultError(f"objects of the window, every {ROUND} events: {objects}")
        if _megabytes() > memory + SPARE_MEMORY:
            raise FaultError(f"memory went from {memory:.0f} MB to {_megabytes():.0f} MB")


class Listener:
    """Meanwhile exceptions and warnings are faults, files are chosen by chance, and the window stays."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self._stays = driver, _Stays()

    def __enter__(self) -> None:
        self._hook, sys.excepthook = sys.excepthook, self._on_exception
        self._handler = qInstallMessageHandler(self._on_message)
        self._asked = QFileDialog.getOpenFileName, QFileDialog.getSaveFileName
        QFileDialog.getOpenFileName = QFileDialog.getSaveFileName = self.driver.chosen_file
        self.driver.window.installEventFilter(self._stays)

    def __exit__(self, *_: object) -> None:
        sys.excepthook = self._hook
        qInstallMessageHandler(self._handler)
        QFileDialog.getOpenFileName, QFileDialog.getSaveFileName = self._asked
        self.driver.window.removeEventFilter(self._stays)

    def _on_exception(self, kind: type[BaseException], error: BaseException, where: object) -> None:
        self.driver.faults.append("".join(traceback.format_exception(kind, error, where)))

    def _on_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and EXPECTED not in text:
            self.driver.faults.append(f"Qt: {text}")


class _Stays(QObject):
    """Keeps a window open."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close:
            event.ignore()
            return True
        return False


def _move(target: QWidget, place: QPoint, buttons: Qt.MouseButton) -> None:
    no_button, no_modifier = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    at, where = QPointF(place), QPointF(target.mapToGlobal(place))
    event = QMouseEvent(QEvent.Type.MouseMove, at, where, no_button, buttons, no_modifier)
    QCoreApplication.sendEvent(target, event)


def _is_there(widget: QWidget) -> bool:
    """Whether an event has not deleted or hidden its own target."""
    from shiboken6 import isValid

    return isValid(widget) and widget.isVisible()


def _close(top: QWidget) -> None:
    if isinstance(top, QDialog):
        top.reject()
    elif isinstance(top, QMenu):
        top.close()
    else:
        top.hide()


def _named(widget: QWidget) -> str:
    if not _is_there(widget):
        return "what is gone"
    return " ".join(filter(None, (type(widget).__name__, widget.accessibleName())))


def _megabytes() -> float:
    """Memory of this process, without what it has given back to the C library."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 if pages else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.randomized.events", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="how many events")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lesson", default=catalogue.DEFAULT, help="the lesson to begin with")
    options = parser.parse_args()
    faulthandler.enable()
    make_application()
    window = MainWindow()
    window.open_lesson(catalogue.load(options.lesson))
    window.show()
    window.activateWindow()
    with tempfile.TemporaryDirectory() as folder:
        driver = Driver(window, options.seed, Path(folder))
        try:
            driver.run(options.count)
        except FaultError as fault:
            print(f"seed {options.seed}, event {driver.sent.total():,}:\n{fault}\nThe last events:")
            print("\n".join(driver.last))
            return 1
    kinds = ", ".join(f"{count} {name}" for name, count in driver.sent.most_common())
    print(f"seed {options.seed}: {options.count:,} events and nothing wrong ({kinds}); {_megabytes():.0f} MB")
    print(f"{len(driver.lessons)} lessons, {len(driver.dialogs)} dialogs and menus: {sorted(driver.dialogs)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
