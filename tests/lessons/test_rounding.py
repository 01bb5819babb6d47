"""Two lessons in which binary rounding would decide what paper leaves open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.moment import resolve
from nnviz.engine.ref import Part, Ref
from nnviz.engine.rounded import Rounded
from nnviz.lessons import catalogue
from nnviz.lessons.walkthrough import Form, walkthrough

CASES = Path(__file__).parent / "cases"


def lesson_and_end(name):
    lesson = catalogue.load(str(CASES / f"{name}.nnviz.toml"))
    return lesson, resolve(Walk(lesson.timeline), Walk(lesson.timeline).at(0, 10**9, 0), lesson.textbook)


@pytest.mark.parametrize("part", [Part.VALUE, Part.DELTA])
def test_a_filter_that_cancels_lets_nothing_through(part):
    _, end = lesson_and_end("noise")
    assert end.array("conv/z", part).array.ravel().tolist() == [0.0] * 4
    assert [end.value(Ref("conv/a", Part.SLOPE, (0, r, c))) for r in (0, 1) for c in (0, 1)] == [0.0] * 4
    assert end.value(Ref("conv/b", Part.GRADIENT, (0,))) == 0.0
    assert end.value(Ref("conv/w", Part.NEW, (0, 0, 0, 0))) == 0.1


def test_the_line_of_such_a_sum_has_no_wave():
    lesson, _ = lesson_and_end("noise")
    text = "\n".join(walkthrough(lesson, Form(), 0))
    assert "0.1 × 1 + 0.2 × 1 + (−0.3) × 1 + 0.0 × 1 = 0\n" in text
    assert "e−1" not in text


def test_of_two_cells_that_are_equal_on_paper_the_first_wins():
    lesson, end = lesson_and_end("tie")
    assert [end.value(Ref("conv/a", Part.GRADIENT, (0, 0, c))) != 0.0 for c in (0, 1)] == [True, False]
    assert "it stands in cell (0,0) of Conv" in "\n".join(walkthrough(lesson, Form(), 0))


@pytest.mark.parametrize("name", catalogue.names())
def test_a_small_number_that_is_no_rounding_is_read_as_it_is(name):
    """A gradient that vanishes over 40 steps is 1e−14 and no noise: its terms are as small."""
    record = catalogue.load(name).timeline.record(0)
    rounded, program = Rounded(record), record.program
    for node in program.graph.nodes:
        for read, place in ((rounded.value, node.index), (rounded.gradient, program.gradient(node))):
            cells = record.cells[place]
            if isinstance(cells, np.ndarray):
                apart = np.abs(np.asarray(read(node)) - cells)
                assert np.nanmax(apart, initial=0.0) <= 1e-15, (node.scope, read.__name__)
