"""Random restarts: the same lesson trained from several first weights, and the best of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnviz.engine.measures import Examples
from nnviz.engine.timeline import Timeline
from nnviz.lessons.errors import BuildError
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.variation import with_other_weights


@dataclass(frozen=True)
class Restart:
    """One of them: the seed of its first weights, and E over all training data where it ended.

    A run that diverged has an infinite error.
    """

    seed: int
    iterations: int
    error: float


class Restarts:
    """Trains `count` networks one after the other for up to `iterations` each; their seeds count up.

    Only the best one is kept, none of those that diverged. Data and α are those that `timeline` has at its
    start. Raises BuildError for a lesson that does not train.
    """

    def __init__(
        self, lesson: Lesson, timeline: Timeline, *, first_seed: int, count: int, iterations: int
    ) -> None:
        if not timeline.graph.trains:
            raise BuildError("training", "found a lesson that does not train")
        self.count, self.iterations = count, iterations
        self.tried: list[Restart] = []
        self.best: Restart | None = None
        self.best_lesson: Lesson | None = None
        self._lesson, self._timeline, self._first_seed = lesson, timeline, first_seed
        self._running: Lesson | None = None

    @property
    def is_over(self) -> bool:
        return len(self.tried) == self.count

    def advance(self, iterations: int = 16) -> None:
        """Train the one whose turn it is for some iterations more."""
        if self.is_over:
            return
        seed = self._first_seed + len(self.tried)
        if self._running is None:
            self._running = with_other_weights(self._lesson, seed, timeline=self._timeline)
        timeline = self._running.timeline
        left = self.iterations - (timeline.length - 1)
        if timeline.extend(min(iterations, left)) or left <= iterations:
            self._finish(Restart(seed, timeline.length - 1, _error(timeline)))

    def _finish(self, restart: Restart) -> None:
        self.tried.append(restart)
        if restart.error < (math.inf if self.best is None else self.best.error):
            self.best, self.best_lesson = restart, self._running
        self._running = None


def _error(timeline: Timeline) -> float:
    """E over all training data, a mean over the examples, with the newest parameters."""
    settings, last = timeline.settings(0), timeline.length - 1
    assert settings.targets is not None
    if timeline.diverged_at is not None:
        return math.inf
    error = timeline.measure(last, Examples(settings.inputs, settings.targets, settings.given)).loss
    return error if math.isfinite(error) else math.inf
