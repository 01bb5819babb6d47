"""Where a class is in a run, and what moves it by itself: the clock, and training."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.timeline import Stop, Timeline
from nnviz.lessons.lesson import Lesson
from nnviz.ui.pace import Runner
from nnviz.ui.progress import broken_off, how_far, where_it_ended, why_it_ended

BEAT = 1200  # ms from step to step when playing at speed 1


class Motion(QObject):
    """A cursor on a run. Playing makes a step whenever the clock says so; a run trains in slices.

    What is far ahead is reached by a run as well, which can be stopped on the way.
    """

    playing_changed = Signal(bool)
    running_changed = Signal(bool)
    run_requested = Signal()  # by the user; it has not begun
    ended = Signal(str)

    walk: Walk
    cursor: Cursor
    moment: Moment

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lesson: Lesson | None = None
        self.depth = Depth.NEURON
        self.speed = 1.0
        self._play_timer = QTimer(self)
        self._play_timer.timeout.connect(self._on_play_tick)
        self._runner = Runner(self)
        self._runner.changed.connect(self.running_changed)
        self._runner.advanced.connect(self._on_advanced)

    @property
    def timeline(self) -> Timeline:
        return self.walk.timeline

    @property
    def is_playing(self) -> bool:
        return self._play_timer.isActive()

    @property
    def is_running(self) -> bool:
        return self._runner.is_running

    @property
    def progress(self) -> str:
        """How far a run has come, in words."""
        losses = self.moment.losses
        return how_far(self.moment.iteration, losses[-1] if losses else None, self._runner.goal)

    def play(self) -> None:
        """A step every 1.2 seconds at speed 1."""
        self.stop_running()
        self._play_timer.start(round(BEAT / self.speed))
        self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.is_playing:
            self._play_timer.stop()
            self.playing_changed.emit(False)

    def toggle_play(self) -> None:
        if self.is_running:
            self.stop_running()
        elif self.is_playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: float) -> None:
        self.speed = speed
        if self.is_playing:
            self._play_timer.setInterval(round(BEAT / speed))

    def run_to_stop(self) -> None:
        """Train until the lesson's stop criterion holds, live, with the window answering."""
        assert self.lesson is not None
        self.pause()
        if self.timeline.graph.trains and not self.is_running:
            self._runner.start(self.timeline, self.lesson.stop, self._on_ended)

    def _reach(self, iteration: int, arrive: Callable[[], None]) -> None:
        """Go on once an iteration has been run: at once, or after a run that can be stopped if it is far."""
        self._finish_motion()
        if self._runner.reaches(self.timeline, iteration):
            arrive()
        else:
            self._runner.start(self.timeline, Stop(iterations=iteration), arrive, goal=iteration)

    def toggle_run(self) -> None:
        if self.is_running:
            self.stop_running()
        else:
            self.run_requested.emit()
            self.run_to_stop()

    def stop_running(self) -> None:
        if self.is_running:
            self._runner.stop()
            self._show_computed(self.timeline.length - 1)
            if self._runner.goal is not None:
                self.ended.emit(broken_off(self.timeline, self._runner.goal))

    def _on_play_tick(self) -> None:
        """A step, once what it leads to has been run: until then there is nothing to wait for."""
        before = self.cursor
        is_there = self._runner.reaches(self.timeline, self.walk.ahead(before, self.depth))
        self._play_timer.setInterval(round(BEAT / self.speed) if is_there else 0)
        if is_there:
            self._go(self.walk.over(before, self.depth))
            if self.cursor == before:
                self.pause()

    def _on_advanced(self) -> None:
        self._show_computed(self.timeline.length - 1)

    def _on_ended(self) -> None:
        """The lesson's stop criterion holds."""
        assert self.lesson is not None
        self._show_computed(self.timeline.length - 1)
        self._show_computed(where_it_ended(self.lesson, self.timeline))
        self.ended.emit(why_it_ended(self.lesson, self.timeline))

    def _show_computed(self, iteration: int) -> None:
        """An iteration at the end of its loss (or of the iteration if it diverged)."""
        outline = self.walk.outline(iteration)
        loss = outline.completed_at(Ref("loss"))
        end = outline.length if self.timeline.diverged_at == iteration else loss or outline.length
        self._go(self.walk.at(iteration, end, self.cursor.example))

    # Inside

    def _use(self, timeline: Timeline) -> None:
        self.walk = Walk(timeline, like=getattr(self, "walk", None))

    def _move(self, cursor: Cursor) -> None:
        """A move that somebody asked for: what moves by itself stops."""
        self._finish_motion()
        self._go(cursor)

    def _go(self, cursor: Cursor) -> None:
        """Be there, and show it."""
        raise NotImplementedError

    def _finish_motion(self) -> None:
        self.pause()
        self.stop_running()
