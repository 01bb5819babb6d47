"""A run at full speed: how long it trains at a time, and how often the views follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter, thread_time

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from nnviz.engine.timeline import Stop, Timeline

SLICE_SECONDS = 0.008  # training takes so long at a time, so that the window stays live
AT_ONCE_SECONDS = 0.3  # of training are not felt as waiting
MOST_AT_ONCE = 16  # iterations
FRAME_SECONDS = 1 / 30  # from one picture of a run to the next
LEAST_SHARE = 0.5  # of the time that a picture takes goes to training before the next one, on a slow machine
SLOWER_SECONDS = 0.3  # between two pictures of what nobody can read while it flies by


class Pace:
    """Canvas and curves follow every frame; words and tables a few times a second: training goes on."""

    def __init__(self) -> None:
        self._last = 0.0

    def is_due(self, is_running: bool) -> bool:
        """Whether the slower views are to be shown as well: always, unless a run has just shown them."""
        now = perf_counter()
        if is_running and now - self._last < SLOWER_SECONDS:
            return False
        self._last = now
        return True


class Frames:
    """When the next picture of a run is due: up to 30 a second, fewer on a machine that is busy."""

    def __init__(self) -> None:
        self._next = 0.0

    def is_due(self) -> bool:
        return perf_counter() >= self._next

    def show(self, picture: Callable[[], None]) -> None:
        """Show one, and see how long that takes."""
        began = perf_counter()
        picture()
        took = perf_counter() - began
        self._next = began + max(FRAME_SECONDS, (1 + LEAST_SHARE) * took)


class Slices:
    """Training in slices of milliseconds, so many iterations a call that the clock costs next to nothing."""

    def __init__(self) -> None:
        self._burst = 1

    def run(self, timeline: Timeline, stop: Stop) -> bool:
        """One slice; True when the run is over. At least one iteration, however long it takes."""
        until = perf_counter() + SLICE_SECONDS
        while True:
            began = perf_counter()
            over = timeline.extend(self._burst, stop)
            now = perf_counter()
            if over or now >= until:
                self._burst = 1
                return over
            self._burst = min(2 * self._burst, MOST_AT_ONCE) if 8 * (now - began) < SLICE_SECONDS else 1


class Runner(QObject):
    """Training towards a stop while the window stays live: a slice whenever nothing else is to be done.

    `advanced` comes as often as the screen can follow; what is to be done at the end is given at the start.
    """

    changed = Signal(bool)  # whether it runs
    advanced = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.goal: int | None = None  # the iteration it is on the way to, where somebody asked for one
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_tick)
        self._slices, self._frames = Slices(), Frames()

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def start(
        self, timeline: Timeline, stop: Stop, arrive: Callable[[], None], goal: int | None = None
    ) -> None:
        """Run until `stop`, and then `arrive`."""
        self._timeline, self._stop, self._arrive, self.goal = timeline, stop, arrive, goal
        self._timer.start()
        self.changed.emit(True)

    def stop(self) -> None:
        self._timer.stop()
        self.changed.emit(False)

    @staticmethod
    def reaches(timeline: Timeline, iteration: int) -> bool:
        """Whether an iteration has been run, or has been now, in a time that nobody feels."""
        if iteration < timeline.length:
            return True
        stop, until = Stop(iterations=iteration), thread_time() + AT_ONCE_SECONDS
        slices, is_over = Slices(), False
        while not is_over and thread_time() < until:
            is_over = slices.run(timeline, stop)
        return is_over

    def _on_tick(self) -> None:
        if self._slices.run(self._timeline, self._stop):
            self.stop()
            self._arrive()
        elif self._frames.is_due():
            self._frames.show(self.advanced.emit)


@contextmanager
def busy() -> Iterator[None]:
    """The pointer says that something takes its time."""
    QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        yield
    finally:
        QGuiApplication.restoreOverrideCursor()
