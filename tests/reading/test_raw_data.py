"""How data was prepared, computed from printed words: names of columns stand for cells of the raw table."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain
from nnviz.engine.moment import resolve
from nnviz.engine.ref import Part, Ref
from nnviz.engine.typeset import text, typeset
from nnviz.lessons.catalogue import load, names
from tests.printed import calculate

ENDS = {"min": Part.LOW, "mean": Part.LOW, "max": Part.HIGH, "deviation": Part.HIGH}
ROWS, MOST = 4, 40  # examples, and columns of each


def data_of(name):
    """Inputs and targets of some examples: the moment, the address, the column and the number."""
    lesson = load(name)
    settings, graph = lesson.timeline.settings(0), lesson.timeline.graph
    rows, walk = lesson.timeline.rows(0), Walk(lesson.timeline)
    for row in [*rows][:: max(1, len(rows) // ROWS)]:
        moment, first = resolve(walk, walk.at(0, 0, row), lesson.textbook), 0
        for node, data in ((graph.inputs, settings.inputs), (graph.target, settings.targets)):
            if node is not None:
                cells = [*enumerate(np.ndindex(node.shape), start=first)]
                for column, cell in cells[:: max(1, len(cells) // MOST)]:
                    yield moment, Ref(node.scope, cell=cell), column, float(data[row][cell])
                first += len(cells)


def is_made(preparation, column):
    """Whether the network reads a number that is not the raw one."""
    if preparation is None or column >= len(preparation.sources):
        return False
    return preparation.scalings[column].method != "none" or preparation.bins[column] is not None


def as_read(moment, ref, column):
    """What each word of a formula stands for: the raw cell, the ends of its column, and which word it is."""
    preparation = moment.textbook.preparation
    source, decimals = preparation.sources[column], preparation.scalings[column].decimals
    raw, title = float(preparation.raw[moment.focus, source]), preparation.columns[source]
    known = {word: moment.value(ref.of(part)) for word, part in ENDS.items()}
    spread = known["max"] - known["min"] or 1.0
    known[f"{title}, scaled"] = round((raw - known["min"]) / spread, decimals or 15)
    if preparation.words:
        known |= {word: float(number) for number, word in enumerate(preparation.words[source])}
    return known | {title: raw}


def computed(formula, known):
    words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    return calculate(re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda found: f"({known[found[0]]!r})", formula))


@pytest.mark.parametrize("name", names())
def test_the_words_of_a_formula_give_what_the_network_reads(name):
    for moment, ref, column, wanted in data_of(name):
        equations = explain(moment, ref).equations
        assert len(equations) == is_made(moment.textbook.preparation, column), ref
        for equation in equations:
            formula = text(typeset(equation).symbolic)
            found = computed(formula, as_read(moment, ref, column))
            assert found == pytest.approx(wanted, abs=1e-12), formula
