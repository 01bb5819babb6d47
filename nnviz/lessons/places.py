"""Places in a lesson as people type them: ``delta[6]``, ``backward``, ``end``."""

from __future__ import annotations

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.notation import AddressError
from nnviz.engine.order import Rows
from nnviz.engine.outline import Pass
from nnviz.lessons.ending import why_no_further
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.running import Told, run_to, silent


class PlaceError(ValueError):
    """A place that a lesson does not have."""


def cursor_at(
    lesson: Lesson, place: str | None, iteration: int | None, example: int | None, told: Told = silent
) -> Cursor:
    """The cursor right after a place is computed; None means where the lesson starts.

    `place` is an address, the name of a pass (its end), ``start`` or ``end``; `iteration` and `example` count
    from 1. Without an iteration, an example is looked at where the first epoch, or that in which the
    lesson starts, works on it. `told` hears how far the run has come. Raises PlaceError.
    """
    walk = Walk(lesson.timeline)
    row = _row(lesson, example)
    wanted = lesson.start.iteration if iteration is None else iteration - 1
    if wanted < 0:
        raise PlaceError(f"found iteration {iteration}, wanted 1 or more")
    if example is not None and row not in lesson.timeline.rows(wanted):
        if iteration is not None:
            raise PlaceError(_not_in_batch(walk, row, wanted))
        wanted = walk.working_on(row, wanted)
    run_to(lesson.timeline, wanted, told)
    start = walk.at(wanted, 0, row)
    if start.iteration != wanted:
        last = f"found iteration {wanted + 1}, but this run ends with iteration {start.iteration + 1}"
        raise PlaceError(f"{last}. {why_no_further(lesson.timeline)}")
    position = lesson.start.position if place is None else _position(lesson, walk, place, wanted)
    return walk.at(wanted, position, row)


def _row(lesson: Lesson, example: int | None) -> int:
    if example is None:
        return lesson.start.example
    if not 1 <= example <= lesson.timeline.examples:
        raise PlaceError(f"found example {example}, wanted 1 … {lesson.timeline.examples}")
    return example - 1


def _not_in_batch(walk: Walk, row: int, iteration: int) -> str:
    rows = walk.timeline.rows(iteration)
    batch = _listed(rows)
    there = walk.working_on(row, iteration) + 1
    return f"iteration {iteration + 1} works on {batch}, and on example {row + 1} works iteration {there}"


def _listed(rows: Rows) -> str:
    """The examples of a batch, as many as can be read."""
    if len(rows) == 1:
        return f"example {rows[0] + 1}"
    if isinstance(rows, range):
        return f"examples {rows[0] + 1} … {rows[-1] + 1}"
    first = ", ".join(str(row + 1) for row in rows[:5])
    return f"examples {first}{' …' if len(rows) > 5 else ''}"


def _position(lesson: Lesson, walk: Walk, place: str, iteration: int) -> int:
    outline = walk.outline(iteration)
    if place in ("start", "end"):
        return 0 if place == "start" else outline.length
    if place in tuple(Pass):
        stages = outline.passes()[Pass(place)]
        if not stages:
            raise PlaceError(f"this lesson has no {place} pass")
        return stages[-1].end
    try:
        ref = lesson.textbook.notation.parse(place)
    except AddressError as error:
        raise PlaceError(f"{error}; or a pass ({', '.join(Pass)}), start or end") from None
    position = outline.completed_at(ref)
    if position is None:
        raise PlaceError(f"found “{place}”, which no step of an iteration computes")
    return position
