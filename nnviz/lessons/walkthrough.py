"""A lesson as text: every step of its walk with the same explanations as in the window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import Explanation, explain_place, is_nowhere
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.engine.typeset import line
from nnviz.lessons.ending import why_no_further
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.walkthrough_tables import Sheet, data_sheets, result_sheets


@dataclass(frozen=True, slots=True)
class Form:
    """How a walk-through is written."""

    depth: Depth = Depth.NEURON
    iterations: int = 1
    digits: int = 4
    markdown: bool = False


def walkthrough(lesson: Lesson, form: Form, example: int) -> Iterator[str]:
    """The lines of a walk-through from the first iteration on that works on the example in focus."""
    walk = Walk(lesson.timeline)
    cursor = walk.at(walk.working_on(example, 0), 0, example)
    writer = _Markdown() if form.markdown else _Text()
    yield from writer.heading(1, lesson.title)
    for paragraph in _paragraphs(lesson):
        yield from writer.paragraph(paragraph)
    yield from writer.heading(2, "Conventions")
    rows = [(c.name, c.choice, c.formula) for c in lesson.conventions]
    yield from writer.table(("about", "this lesson", "formula"), rows)
    yield from writer.heading(2, "Data")
    yield from _sheets(data_sheets(lesson, example), writer)
    for iteration in range(cursor.iteration, cursor.iteration + form.iterations):
        following = walk.at(iteration, 0, cursor.example)
        if following.iteration != iteration:
            yield from writer.heading(2, f"There is no iteration {iteration + 1:,}")
            yield why_no_further(lesson.timeline)
            return
        yield from _iteration(walk, following, lesson, form, writer)


def _paragraphs(lesson: Lesson) -> Iterator[str]:
    source = f"Source: {lesson.source}" if lesson.source else ""
    for text in (" ".join(lesson.summary.split()), source, *lesson.concerns):
        if text:
            yield text


def _iteration(walk: Walk, cursor: Cursor, lesson: Lesson, form: Form, writer: _Writer) -> Iterator[str]:
    name = lesson.textbook.example(cursor.example)
    yield from writer.heading(2, f"Iteration {cursor.iteration + 1}, example {name}")
    end = walk.outline(cursor.iteration).length
    current = None
    steps: list[Explanation] = []
    depth = min(form.depth, Depth.ITERATION)
    start = explain_place(resolve(walk, cursor, lesson.textbook), depth)
    if start.equations:
        yield from writer.steps("Inputs", [start], form.digits)
    while cursor.position < end:
        cursor = walk.over(cursor, depth)
        moment = resolve(walk, cursor, lesson.textbook)
        step = explain_place(moment, depth)
        if not step.equations and is_nowhere(moment):
            continue
        if step.into is not current and steps:
            yield from writer.steps(str(current).capitalize(), steps, form.digits)
            steps = []
        current = step.into
        steps.append(step)
    if steps:
        yield from writer.steps(str(current).capitalize(), steps, form.digits)
    yield from _sheets(result_sheets(resolve(walk, cursor, lesson.textbook), form.digits), writer)


def _sheets(sheets: Iterator[Sheet], writer: _Writer) -> Iterator[str]:
    for sheet in sheets:
        if sheet.title:
            yield from writer.heading(3, sheet.title)
        yield from writer.table(sheet.header, sheet.rows)


def _title(step: Explanation) -> str:
    return " › ".join(step.crumbs[1:]) or "the whole iteration"


def _escaped(text: str) -> str:
    """Text in which Markdown finds no tags, no links and no entities."""
    for sign in "\\<&[`*_$":
        text = text.replace(sign, f"\\{sign}")
    return text


class _Writer:
    """Headings, tables and steps in one kind of text."""

    def heading(self, level: int, title: str) -> Iterator[str]:
        raise NotImplementedError

    def paragraph(self, text: str) -> Iterator[str]:
        raise NotImplementedError

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
        raise NotImplementedError

    def steps(self, title: str, steps: list[Explanation], digits: int) -> Iterator[str]:
        raise NotImplementedError


class _Text(_Writer):
    def heading(self, level: int, title: str) -> Iterator[str]:
        yield title
        yield ("=", "-", "·")[level - 1] * len(title)

    def paragraph(self, text: str) -> Iterator[str]:
        yield text
        yield ""

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        for row in (header, *rows):
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield ""

    def steps(self, title: str, steps: list[Explanation], digits: int) -> Iterator[str]:
        yield from self.heading(3, title)
        for step in steps:
            yield _title(step)
            for equation in step.equations:
                yield f"    {line(equation, digits)}"
            if step.omitted:
                yield f"    … and {step.omitted} more"
            yield f"    {step.narration}"
        yield ""


class _Markdown(_Writer):
    def heading(self, level: int, title: str) -> Iterator[str]:
        yield f"{'#' * level} {_escaped(title)}"
        yield ""

    def paragraph(self, text: str) -> Iterator[str]:
        yield _escaped(text)
        yield ""

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
        yield from self._table([*map(_escaped, header)], [[*map(_escaped, row)] for row in rows])

    def _table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
        """A table of what is Markdown already."""
        for row in (header, ["---"] * len(header), *rows):
            yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
        yield ""

    def steps(self, title: str, steps: list[Explanation], digits: int) -> Iterator[str]:
        yield from self.heading(3, title)
        rows = []
        for step in steps:
            lines = [f"`{line(equation, digits)}`" for equation in step.equations]
            lines += [f"… and {step.omitted} more"] if step.omitted else []
            rows.append((_escaped(_title(step)), "<br>".join(lines), _escaped(step.narration)))
        yield from self._table(("step", "equation", "in words"), rows)
