"""Every kind of sentence that small networks of all kinds give, as a table: the first place that gives it.

``python -m tests.reading.sentences --write`` writes the table anew; what has changed in it is to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain, explain_place
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth, depths_of
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Timeline
from nnviz.engine.typeset import name_text
from nnviz.lessons.catalogue import load
from tests.engine.conftest import VARIANTS, build_network
from tests.engine.map_networks import MAP_VARIANTS, build_map_network
from tests.engine.step_networks import STEP_VARIANTS, build_step_network
from tests.reading.stored_table import print_or_write
from tests.reading.whole import numbers

TABLE = Path(__file__).parent / "sentences.txt"
LESSONS = ("power-plant-logistic", "softmax-mini-batch", "perceptron-and", "cnn-by-hand", "max-pooling") + (
    "lstm-unit",
    "three-steps-at-the-end",
    "adam",
)
MOST = 9  # places of a depth


def networks() -> Iterator[tuple[str, Timeline, Textbook]]:
    """All variants of the tests of the engine, and some lessons."""
    for name, form in VARIANTS.items():
        built = build_network(**form)
        yield name, built.timeline, built.textbook
    for name, form in MAP_VARIANTS.items():
        yield name, *build_map_network(**form)[:2]
    for name, form in STEP_VARIANTS.items():
        yield name, *build_step_network(**form)[:2]
    for name in LESSONS:
        lesson = load(name)
        yield name, lesson.timeline, lesson.textbook


def sentences(timeline: Timeline, textbook: Textbook) -> Iterator[str]:
    """Depth, place, what is explained, and the sentence: of some places of two iterations, evenly spread."""
    walk = Walk(timeline)
    for iteration in range(2):
        if walk.at(iteration, 0, 0).iteration != iteration:
            return
        rows = walk.timeline.rows(iteration)
        for depth in (one for one in depths_of(timeline.graph) if one <= Depth.ITERATION):
            stops = [0, *walk.outline(iteration).stops(depth)]
            step = max(1, len(stops) // MOST) | 1
            for stop in stops[:: step if iteration == 0 else 2 * step + 1]:
                moment = resolve(walk, walk.at(iteration, stop, rows[-1]), textbook)
                told = explain_place(moment, depth)
                about = ", ".join(name_text(one.target.name) for one in told.equations)
                about += f" and {told.omitted} more" if told.omitted else ""
                yield f"{depth.name.lower()} {stop}: {' › '.join(told.crumbs)}: [{about}] {told.narration}"


def picked(timeline: Timeline, textbook: Textbook) -> Iterator[str]:
    """Every kind of number as it is picked at the end of the second iteration: its words and what it says."""
    walk = Walk(timeline)
    moment = resolve(walk, walk.at(1, walk.outline(1).length, timeline.rows(1)[-1]), textbook)
    for ref in numbers(moment, 1):
        if moment.value(ref) is None and not moment.is_over(ref):  # a slope of softmax
            continue
        told = explain(moment, ref)
        shown = [one.target for one in told.equations] or [*told.given, *told.given]
        about = " = ".join(name_text(one.name) for one in shown)
        into = told.into.name if told.into is not None else "no pass"
        yield f"{into.lower()}, {': '.join(told.crumbs)}: [{about}] {told.narration}"


def table() -> str:
    """The first sentence of every kind: two are of one kind that differ in their numbers only."""
    seen: set[str] = set()
    lines = []
    for name, timeline, textbook in networks():
        for sentence in chain(sentences(timeline, textbook), picked(timeline, textbook)):
            kind = re.sub(r"^\w+ \d+: Iteration \d+", "", sentence)
            kind = re.sub(r"[\d.,₀-₉⁰¹²³⁴-⁹]+", "0", kind)
            kind = re.sub(r"\[[^]]{60,}\]", "[many]", kind)
            if kind not in seen:
                seen.add(kind)
                lines.append(f"{name}: {sentence}\n")
    return "".join(lines)


def main() -> None:
    print_or_write(TABLE, table, __doc__)


if __name__ == "__main__":
    main()
