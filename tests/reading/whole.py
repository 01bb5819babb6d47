"""All that is printed, read and computed: ``python -m tests.reading.whole [--most N] [LESSON …]``.

Without --most every stop of every depth is read, of several examples and two iterations; it takes an hour.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain_place
from nnviz.engine.graph import Node
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.outline import Depth, depths_of
from nnviz.engine.ref import Part, Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Timeline
from nnviz.lessons.catalogue import load, names
from tests.reading.symbols import check

ITERATIONS = 2
EXAMPLES = 3


def moments(
    timeline: Timeline, textbook: Textbook, most: int | None = None, seed: str = ""
) -> Iterator[tuple[Moment, Depth]]:
    """The stops of all depths, or at most so many of each, drawn by chance."""
    chance = random.Random(seed)
    walk = Walk(timeline)
    for iteration in range(ITERATIONS):
        if walk.at(iteration, 0, 0).iteration != iteration:
            return
        rows = walk.timeline.rows(iteration)
        for depth in (one for one in depths_of(timeline.graph) if one <= Depth.ITERATION):
            stops = [0, *walk.outline(iteration).stops(depth)]
            chosen = stops if most is None else sorted(chance.sample(stops, min(most, len(stops))))
            for place, stop in enumerate(chosen):
                cursor = walk.at(iteration, stop, rows[place % min(EXAMPLES, len(rows))])
                yield resolve(walk, cursor, textbook), depth


def numbers(moment: Moment, most: int, seed: str = "") -> Iterator[Ref]:
    """Some of every kind of number that is known or follows from what is, as they are picked one by one."""
    chance = random.Random(seed)
    for (scope, part), known in moment.known.items():
        node = moment.graph[scope]
        is_whole = node.is_parameter or node is moment.graph.loss
        cells = list(np.ndindex(known.array.shape if is_whole else known.array.shape[1:]))
        for cell in chance.sample(cells, min(most, len(cells))):
            ref = Ref(scope, part, tuple(map(int, cell)))
            yield ref
            yield from _following(moment, node, ref)
    if moment.graph.loss is not None:
        for row in sorted({moment.rows[0], moment.focus}):
            yield Ref(moment.graph.loss.scope, Part.TERM, example=row)


def _following(moment: Moment, node: Node, ref: Ref) -> Iterator[Ref]:
    """The slopes by which a δ is made; what one example adds to a gradient, and one step to a shared one."""
    if ref.part is Part.DELTA:
        phi = moment.graph.readers[node.index][0]
        learned = [moment.graph.nodes[i] for i in phi.inputs if moment.graph.nodes[i].is_parameter]
        yield from (Ref(one.scope, Part.SLOPE, ref.cell) for one in (phi, *learned))
    if node.is_trainable and ref.part is Part.GRADIENT:
        yield replace(ref, part=Part.SHARE, example=moment.focus)
        layer = moment.graph.layer_of(node)
        if layer is not None and layer.is_stepwise:
            yield replace(ref, part=Part.AT_STEP, cell=(0, *ref.cell))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("lessons", nargs="*", metavar="LESSON", help="all of them if none is named")
    options.add_argument("--most", type=int, help="stops of each depth")
    chosen = options.parse_args()
    faults = 0
    for name in chosen.lessons or names():
        lesson = load(name)
        lines = 0
        for moment, depth in moments(lesson.timeline, lesson.textbook, chosen.most, name):
            explanation = explain_place(moment, depth)
            lines += len(explanation.equations)
            for fault in check(moment, explanation, lesson.file.network.numbers):
                faults += 1
                print(f"{name} at {moment.cursor}: {fault}")
        print(f"{name}: {lines:,} lines read", flush=True)
    print(f"{faults:,} faults")
    return bool(faults)


if __name__ == "__main__":
    raise SystemExit(main())
