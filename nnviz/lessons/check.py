"""Whether a lesson gives the numbers that are published for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from nnviz.engine.cursor import Walk
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.ref import Part
from nnviz.lessons.expectations import ITERATIONS
from nnviz.lessons.lesson import Expectation, Lesson
from nnviz.lessons.running import Told, run_to, run_until, silent

ERRORS = (Part.DELTA, Part.GRADIENT, Part.ABOVE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expectation beside what the engine computes; `found` is None where it computes nothing."""

    expectation: Expectation
    found: float | None

    @property
    def difference(self) -> float:
        return math.inf if self.found is None else abs(self.found - self.expectation.value)

    @property
    def holds(self) -> bool:
        """Half a unit of the last place in floating point is forgiven on top of the tolerance."""
        slack = 1e-12 * max(1.0, abs(self.expectation.value))
        return self.difference <= self.expectation.tolerance + slack


def check(lesson: Lesson, told: Told = silent) -> list[Outcome]:
    """Every expectation of a lesson, in the order of its file; `told` hears how far the run has come."""
    ends = _Ends(lesson, told)
    return [Outcome(expectation, ends.found(expectation)) for expectation in lesson.expectations]


class _Ends:
    """The ends of the iterations that a lesson's expectations are about, each resolved once."""

    def __init__(self, lesson: Lesson, told: Told) -> None:
        self.lesson, self._told = lesson, told
        self._moments: dict[tuple[int, int], Moment | None] = {}

    def found(self, expectation: Expectation) -> float | None:
        """What the engine computes for an expectation, None where it computes nothing."""
        timeline = self.lesson.timeline
        if expectation.iteration < 0 or expectation.address == ITERATIONS:
            run_until(timeline, self.lesson.stop, self._told)
        if expectation.address == ITERATIONS:
            return float(timeline.length - 1)
        wanted = timeline.length - 1 if expectation.iteration < 0 else expectation.iteration
        key = (wanted, expectation.example or 0)
        if key not in self._moments:
            self._moments[key] = self._end(*key)
        moment = self._moments[key]
        return None if moment is None else _value(moment, expectation)

    def _end(self, iteration: int, example: int) -> Moment | None:
        run_to(self.lesson.timeline, iteration, self._told)
        walk = Walk(self.lesson.timeline)
        cursor = walk.at(iteration, walk.outline(0).length, example)
        if cursor.iteration != iteration:
            return None
        end = replace(cursor, position=walk.outline(iteration).length)
        return resolve(walk, end, self.lesson.textbook)


def _value(moment: Moment, expectation: Expectation) -> float | None:
    """The number that is expected. No error comes from a step that a sequence does not have: it is 0."""
    ref = replace(expectation.ref, example=expectation.example)
    return 0.0 if ref.part in ERRORS and moment.is_over(ref) else moment.value(ref)
