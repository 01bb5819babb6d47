"""Whether a lesson gives the numbers that are published for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from nnviz.engine.cursor import Walk
from nnviz.engine.moment import resolve
from nnviz.lessons.build import ITERATIONS
from nnviz.lessons.lesson import Expectation, Lesson


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


def check(lesson: Lesson) -> list[Outcome]:
    """Every expectation of a lesson, in the order of its file."""
    return [Outcome(expectation, _found(lesson, expectation)) for expectation in lesson.expectations]


def _found(lesson: Lesson, expectation: Expectation) -> float | None:
    timeline = lesson.timeline
    if expectation.iteration < 0 or expectation.address == ITERATIONS:
        while not timeline.extend(1000, lesson.stop):
            pass
    if expectation.address == ITERATIONS:
        return float(timeline.length - 1)
    wanted = timeline.length - 1 if expectation.iteration < 0 else expectation.iteration
    walk = Walk(timeline)
    example = expectation.example or 0
    cursor = walk.at(wanted, walk.outline(0).length, example)
    if cursor.iteration != wanted:
        return None
    cursor = replace(cursor, position=walk.outline(wanted).length)
    return resolve(walk, cursor, lesson.textbook).value(replace(expectation.ref, example=expectation.example))
