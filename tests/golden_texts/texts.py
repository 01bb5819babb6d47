"""What people read of a lesson, as text: crumbs, equations with their numbers, and sentences.

Every depth that a lesson offers is walked through: every stop of it, or where it has thousands evenly
chosen ones and some of each stage, with another example in focus at each. Numbers that the equations of a
layer name are clicked, and their explanations follow. The conventions and the data stand at the top, the
pages of matrices and the names of numbers at the bottom.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TypeVar

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import Explanation, explain, explain_place
from nnviz.engine.formula import Equation, quantities
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.outline import Depth, Outline, depths_of
from nnviz.engine.typeset import line
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.walkthrough import Form, walkthrough
from tests.golden_texts.pages import names_of, pages_of

EVERY_STOP = 1500  # of a depth that has no more
MOST_STOPS = 48  # evenly chosen of one that has more
MOST_CLICKS = 2  # for each stop of a layer
One = TypeVar("One")


def text_of(lesson: Lesson) -> str:
    """All that is read in a lesson, one thing a line."""
    return "\n".join(_lines(lesson)) + "\n"


def _lines(lesson: Lesson) -> Iterator[str]:
    yield from _heading(lesson)
    walk = Walk(lesson.timeline)
    for depth in (depth for depth in depths_of(lesson.timeline.graph) if depth < Depth.EPOCH):
        yield from _iteration(lesson, walk, 0, depth)
    yield from _iteration(lesson, walk, 1, Depth.LAYER)
    yield from _epoch(lesson, walk)
    yield from pages_of(lesson, walk)
    yield from names_of(lesson, walk)


def _heading(lesson: Lesson) -> Iterator[str]:
    """What a walk-through says before its first step."""
    form = Form(depth=lesson.depth, iterations=1, digits=lesson.digits)
    for text in walkthrough(lesson, form, lesson.timeline.rows(0)[0]):
        if text.startswith("Iteration 1"):
            return
        yield text


def _iteration(lesson: Lesson, walk: Walk, iteration: int, depth: Depth) -> Iterator[str]:
    """The stops of one depth."""
    iteration = walk.at(iteration, 0, 0).iteration
    rows = lesson.timeline.rows(iteration)
    yield f"=== iteration {iteration + 1}, step by {depth.name.lower()}"
    for place, position in enumerate(stops_of(walk.outline(iteration), depth)):
        yield from _stop(lesson, walk, walk.at(iteration, position, rows[place % len(rows)]), depth)


def _epoch(lesson: Lesson, walk: Walk) -> Iterator[str]:
    """Where the first step by an epoch comes to rest."""
    yield "=== step by epoch"
    yield from _stop(
        lesson, walk, walk.over(walk.at(0, 0, lesson.timeline.rows(0)[0]), Depth.EPOCH), Depth.EPOCH
    )


def _stop(lesson: Lesson, walk: Walk, cursor: Cursor, depth: Depth) -> Iterator[str]:
    """What is told at a stop, and of numbers that are clicked there."""
    moment = resolve(walk, cursor, lesson.textbook)
    told = explain_place(moment, depth)
    yield f"--- {cursor.position}, {lesson.textbook.example(cursor.example)}"
    yield from _told(told, lesson.digits)
    if depth is Depth.LAYER:
        yield from _clicked(moment, told, lesson.digits)


def stops_of(outline: Outline, depth: Depth) -> list[int]:
    """The start and every stop of a depth, or where they are thousands some of them."""
    stops = outline.stops(depth)
    if len(stops) > EVERY_STOP:
        stops = sorted({*_chosen(stops, MOST_STOPS), *_of_each_stage(outline, stops)})
    return [0, *stops]


def _of_each_stage(outline: Outline, stops: Sequence[int]) -> Iterator[int]:
    """The first two stops of each stage, one in its middle, and its end."""
    for stage in outline.stages:
        inside = stops[bisect_left(stops, stage.start + 1) : bisect_left(stops, stage.end + 1)]
        if inside:
            yield from (*inside[:2], inside[len(inside) // 2], inside[-1])


def _chosen(among: Sequence[One], most: int) -> list[One]:
    """All of them, or as many as wanted from the first to the last."""
    if len(among) <= most:
        return list(among)
    return [among[round(i * (len(among) - 1) / (most - 1))] for i in range(most)]


def _told(told: Explanation, digits: int) -> Iterator[str]:
    yield f"{told.into or 'start'}: {' › '.join(told.crumbs)}"
    yield from (f"    {line(equation, digits)}" for equation in told.equations)
    yield from (f"    given {line(Equation(one, one), digits)}" for one in told.given)
    if told.omitted:
        yield f"    and {told.omitted} more"
    yield f"    “{told.narration}”"


def _clicked(moment: Moment, told: Explanation, digits: int) -> Iterator[str]:
    """The explanations of a few numbers that the equations name."""
    named = (q.ref for equation in told.equations for q in quantities(equation.right) if q.ref is not None)
    for ref in _chosen(list(dict.fromkeys(named)), MOST_CLICKS):
        yield f"  click {ref.scope} {ref.part} {list(ref.cell)}"
        yield from (f"  {text}" for text in _told(explain(moment, ref), digits))
