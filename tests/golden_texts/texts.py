"""What people read of a lesson, as text: crumbs, equations with their numbers, and sentences.

Every depth that a lesson offers is walked through, all of its stops where they are few and evenly chosen ones
where they are many, with another example in focus at each. Numbers that the equations of a layer name are
clicked, and their explanations follow. The conventions and the data stand at the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import Explanation, explain, explain_place
from nnviz.engine.formula import Equation, quantities
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.outline import Depth, depths_of
from nnviz.engine.typeset import line
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.walkthrough import Form, walkthrough

MOST_STOPS = 48
MOST_CLICKS = 2  # for each stop of a layer


def text_of(lesson: Lesson, most: int = MOST_STOPS) -> str:
    """All that is read in a lesson, one thing a line."""
    return "\n".join(_lines(lesson, most)) + "\n"


def _lines(lesson: Lesson, most: int) -> Iterator[str]:
    yield from _heading(lesson)
    depths = [depth for depth in depths_of(lesson.timeline.graph) if depth < Depth.EPOCH]
    for depth in depths:
        yield from _walk(lesson, 0, depth, most)
    yield from _walk(lesson, 1, Depth.LAYER, most)


def _heading(lesson: Lesson) -> Iterator[str]:
    """What a walk-through says before its first step."""
    form = Form(depth=lesson.depth, iterations=1, digits=lesson.digits)
    for text in walkthrough(lesson, form, lesson.timeline.rows(0)[0]):
        if text.startswith("Iteration 1"):
            return
        yield text


def _walk(lesson: Lesson, iteration: int, depth: Depth, most: int) -> Iterator[str]:
    """The chosen stops of one depth."""
    walk = Walk(lesson.timeline)
    iteration = walk.at(iteration, 0, 0).iteration
    rows = lesson.timeline.rows(iteration)
    yield f"=== iteration {iteration + 1}, step by {depth.name.lower()}"
    for place, position in enumerate(_chosen([0, *walk.outline(iteration).stops(depth)], most)):
        cursor = walk.at(iteration, position, rows[place % len(rows)])
        moment = resolve(walk, cursor, lesson.textbook)
        told = explain_place(moment, depth)
        yield f"--- {position}, {lesson.textbook.example(cursor.example)}"
        yield from _told(told, lesson.digits)
        if depth is Depth.LAYER:
            yield from _clicked(moment, told, lesson.digits)


def _chosen(stops: Sequence[int], most: int) -> list[int]:
    """All stops, or as many as wanted from the first to the last."""
    if len(stops) <= most:
        return list(stops)
    return [stops[round(i * (len(stops) - 1) / (most - 1))] for i in range(most)]


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
