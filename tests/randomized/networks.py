"""Random networks, every equation of which is printed, calculated again and compared with what is said.

``python -m tests.randomized.networks --count 10000 --seed 1`` tries so many. A network that fails is told
with its seed and its lesson, and is repeated by ``--count 1 --seed`` and that seed.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator

import numpy as np

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import explain, explain_place
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.outline import Depth, depths_of
from nnviz.engine.ref import Part, Ref
from nnviz.lessons.build import build
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.reader import parse
from nnviz.lessons.walkthrough import Form, walkthrough
from tests.randomized.checks import CHECKS, Told
from tests.randomized.lessons import Draw, random_lesson

ITERATIONS = 2
MOST_STOPS = 25  # of a depth in an iteration: of more, so many are drawn
MOST_NUMBERS = 25  # that explain themselves


def check_network(seed: int) -> None:
    """Everything about one network. Raises whatever is wrong with it."""
    lesson = build(f"network {seed}", parse(random_lesson(seed), f"network {seed}"))
    graph, draw, done = lesson.timeline.graph, Draw(seed), set[object]()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for moment, depth in moments(lesson, draw):
            check(Told(moment, depth, explain_place(moment, depth), done))
            if depth is Depth.ITERATION:
                for ref in some_numbers(moment, draw):
                    check(Told(moment, None, explain(moment, ref), done))
        depth, example = draw.one_of(depths_of(graph)), draw.between(0, lesson.timeline.examples - 1)
        form = Form(depth, ITERATIONS, digits=draw.between(2, 10), markdown=draw.chance(0.5))
        for _ in walkthrough(lesson, form, example):
            pass


def check(told: Told) -> None:
    for one in CHECKS:
        one(told)


def moments(lesson: Lesson, draw: Draw) -> Iterator[tuple[Moment, Depth]]:
    """The places of the first iterations at every depth, for every example of the batch."""
    walk, timeline = Walk(lesson.timeline), lesson.timeline
    for iteration in range(ITERATIONS):
        if not timeline.ensure(iteration):
            return
        outline = walk.outline(iteration)
        for example, depth in itertools.product(timeline.rows(iteration), depths_of(timeline.graph)):
            for position in _some([0, *outline.stops(depth)], MOST_STOPS, draw):
                yield resolve(walk, Cursor(iteration, position, example), lesson.textbook), depth


def some_numbers(moment: Moment, draw: Draw) -> list[Ref]:
    """Numbers of the moment, of every part."""
    refs = [
        Ref(node.scope, part, cell, example)
        for node in moment.graph.nodes
        for part in Part
        for cell in np.ndindex(node.shape)
        for example in (None, moment.rows[-1])
    ]
    return [ref for ref in _some(refs, MOST_NUMBERS * 4, draw) if moment.value(ref) is not None]


def _some(choices, most: int, draw: Draw):
    """All of them, or so many in their order, the last one among them."""
    if len(choices) <= most:
        return choices
    places = sorted({draw.between(0, len(choices) - 1) for _ in range(most)} | {len(choices) - 1})
    return [choices[place] for place in places]


# The command


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="how many networks")
    parser.add_argument("--seed", type=int, default=1, help="of the first one; the next has the next seed")
    parser.add_argument("--most", type=int, default=20, help="stop after so many failures")
    options = parser.parse_args(arguments)
    failed: Counter[str] = Counter()
    tried, started = 0, time.monotonic()
    for seed in range(options.seed, options.seed + options.count):
        tried += 1
        reason = _failure(seed)
        if reason:
            failed[reason.splitlines()[-1]] += 1
            print(f"network {seed}:\n{random_lesson(seed)}\n{reason}", flush=True)
            if failed.total() >= options.most:
                break
        if tried % 500 == 0:
            print(f"{tried} networks, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(f"{tried} networks, {failed.total()} failed")
    return 1 if failed else 0


def _failure(seed: int) -> str:
    """The traceback of a network that fails, else nothing."""
    try:
        check_network(seed)
    except Exception:
        return traceback.format_exc()
    return ""


if __name__ == "__main__":
    sys.exit(main())
