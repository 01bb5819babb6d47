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
from collections import Counter, defaultdict
from collections.abc import Iterator

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import explain, explain_place
from nnviz.engine.graph import Node
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.outline import Depth, Outline, depths_of
from nnviz.engine.ref import Part, Ref
from nnviz.lessons.build import build
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.reader import parse
from nnviz.lessons.walkthrough import Form, walkthrough
from tests.randomized.checks import CHECKS, Told
from tests.randomized.lessons import Draw, random_lesson
from tests.reading.book import Book
from tests.reading.grammar import Reader
from tests.reading.symbols import Reading

ITERATIONS = 2
LESS = 0.3  # of the stages, where an example or iteration is not looked at whole
WALKED = 0.1  # of the networks are printed as a whole
MOST_NUMBERS = 10  # that explain themselves


def check_network(seed: int) -> None:
    """Everything about one network. Raises whatever is wrong with it."""
    check_lesson(build(f"network {seed}", parse(random_lesson(seed), f"network {seed}")), Draw(seed))


def check_lesson(lesson: Lesson, draw: Draw) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for told in places(lesson, draw):
            if told.is_new(told.explanation):
                check(told)
        if draw.chance(WALKED):
            depth, example = (
                draw.one_of(depths_of(lesson.timeline.graph)),
                draw.between(0, lesson.timeline.examples - 1),
            )
            form = Form(depth, ITERATIONS, digits=draw.between(2, 10), markdown=draw.chance(0.5))
            for _ in walkthrough(lesson, form, example):
                pass


def places(lesson: Lesson, draw: Draw) -> Iterator[Told]:
    """What is told at the places of all depths, and about some numbers."""
    done: set[object] = set()
    reader = Reader(lesson.textbook.examples)
    for moment, depths in moments(lesson, draw):
        reading = Reading(Book(moment), reader)
        for depth in depths:
            yield Told(moment, depth, explain_place(moment, depth), reading, done)
        if Depth.ITERATION in depths:
            for ref in some_numbers(moment, draw):
                yield Told(moment, None, explain(moment, ref), reading, done)


def check(told: Told) -> None:
    for one in CHECKS:
        one(told)


def moments(lesson: Lesson, draw: Draw) -> Iterator[tuple[Moment, list[Depth]]]:
    """Places of the first iterations for every example, each with the depths that stop there."""
    walk, timeline = Walk(lesson.timeline), lesson.timeline
    for iteration in range(ITERATIONS):
        if not timeline.ensure(iteration):
            return
        rows = timeline.rows(iteration)
        whole = draw.one_of(rows) if iteration == 0 else None
        for example in rows:
            stops: dict[int, list[Depth]] = defaultdict(list)
            for depth in depths_of(timeline.graph):
                for position in some_stops(
                    walk.outline(iteration), depth, 1.0 if example == whole else LESS, draw
                ):
                    stops[position].append(depth)
            for position, depths in stops.items():
                yield resolve(walk, Cursor(iteration, position, example), lesson.textbook), depths


def some_stops(outline: Outline, depth: Depth, share: float, draw: Draw) -> Iterator[int]:
    """The start, the end, and a stop of every stage, or of a share of them."""
    yield 0
    by_stage = itertools.groupby(outline.stops(depth), outline.stage_at)
    for stage, stops in by_stage:
        if stage is outline.stages[-1] or draw.chance(share):
            yield draw.one_of(tuple(stops))


def some_numbers(moment: Moment, draw: Draw) -> list[Ref]:
    """Numbers of the moment, of every part."""
    found = []
    for _ in range(MOST_NUMBERS * 4):
        node, part = draw.one_of(moment.graph.nodes), draw.one_of(tuple(Part))
        cell = tuple(draw.between(0, size - 1) for size in node.shape)
        ref = Ref(node.scope, part, cell, _example(moment, node, part, draw))
        if moment.value(ref) is not None:
            found.append(ref)
    return found[:MOST_NUMBERS]


def _example(moment: Moment, node: Node, part: Part, draw: Draw) -> int | None:
    """Whose a number is: of all examples, of the one in focus, or of the one that is named."""
    if part in (Part.SHARE, Part.TERM):
        return draw.one_of(moment.rows)
    is_whole = node.is_parameter or node is moment.graph.loss
    return None if is_whole else draw.one_of((None, *moment.rows))


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
