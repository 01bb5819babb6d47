"""What the page of matrices says at each stage of an iteration, and how every kind of number is named."""

from __future__ import annotations

from collections.abc import Iterator

from nnviz.engine.cursor import Walk
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.outline import Depth, depths_of
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import name_text
from nnviz.lessons.lesson import Lesson
from nnviz.ui.layout.matrix_equation import Block, Entry, Page, Sign
from nnviz.ui.tabs.matrices.pages import page_at
from tests.reading.whole import numbers


def pages_of(lesson: Lesson, walk: Walk) -> Iterator[str]:
    """The pages of the middle unit of each stage, and of its end, at all depths that stop inside."""
    row = lesson.timeline.rows(0)[-1]
    for stage in walk.outline(0).stages:
        unit = stage.units // 2
        stops = {Depth.TERM: min(stage.starts[unit] + 2, stage.starts[unit + 1]), Depth.LAYER: stage.end}
        for depth in (depth for depth in depths_of(lesson.timeline.graph) if depth <= Depth.LAYER):
            position = stops.get(depth, stage.starts[unit + 1])
            moment = resolve(walk, walk.at(0, position, row), lesson.textbook)
            yield f"=== matrices at {position}, step by {depth.name.lower()}"
            yield from _page(page_at(moment, depth, None))


def _page(page: Page) -> Iterator[str]:
    yield f"    {page.title}, {page.into}" + (f", {page.note}" if page.note else "")
    for formula in page.formulas:
        yield "    " + " ".join(part.text if isinstance(part, Sign) else part.label for part in formula)
        yield from (f"        {_block(part)}" for part in formula if isinstance(part, Block))
    if page.batch is not None:
        yield f"    {_block(page.batch)} {', '.join(page.batch.row_names)}"
    for what, refs in (("computed", page.highlighted), ("next", page.pending)):
        if refs:
            yield f"    {what}: {len(refs)}, {min(map(_ref, refs))} to {max(map(_ref, refs))}"


def _block(block: Block) -> str:
    """A matrix in one line: its letter, its size, what stands in its corners, and what of it is used."""
    corners = [block.entry(0, 0), block.entry(block.rows - 1, block.columns - 1)]
    used = (
        f", used {block.used.rows}×{block.used.columns} at {block.used[:2]}" if block.used is not None else ""
    )
    axes = " by ".join(axis.value for axis in block.axes)
    size = f"{block.rows}×{block.columns}, {axes}"
    return f"{block.label} {block.tone}, {size}: {' to '.join(map(_entry, corners))}{used}"


def _entry(entry: Entry) -> str:
    return _ref(entry) if isinstance(entry, Ref) else str(entry)


def _ref(ref: Ref) -> str:
    example = "" if ref.example is None else f" of {ref.example}"
    return f"{ref.scope}.{ref.part}{list(ref.cell)}{example}"


def names_of(lesson: Lesson, walk: Walk) -> Iterator[str]:
    """A symbol and a caption of some numbers of every kind, at the end of an iteration."""
    yield "=== names"
    rows = lesson.timeline.rows(0)
    moment = resolve(walk, walk.at(0, walk.outline(0).length, rows[-1]), lesson.textbook)
    yield from (f"    {_ref(ref)}: {_named(moment, ref)}" for ref in numbers(moment, 3, lesson.title))


def _named(moment: Moment, ref: Ref) -> str:
    return f"{name_text(moment.notation.name(ref))}, {moment.notation.caption(ref)}"
