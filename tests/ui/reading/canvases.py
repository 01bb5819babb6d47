"""What the canvas shows at some moments of lessons of all families, fact by fact, in light and in dark.

Which numbers stand on it with their roles and tags, where arrows end, and every word, line and shape with its
color. ``python -m tests.ui.reading.canvases`` prints what differs from what is stored, ``--write`` takes it.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator
from math import hypot
from pathlib import Path

from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.lessons.catalogue import load
from nnviz.lessons.lesson import Lesson
from nnviz.ui import style
from nnviz.ui.application import make_application
from nnviz.ui.items.number import Placed
from nnviz.ui.views.canvas import NetworkView
from tests.reading.stored_texts import Store
from tests.ui.reading import painted
from tests.ui.reading.pictures import moments, plain
from tests.ui.reading.recorder import record, tip_of

DENSE = (
    "power-plant-logistic",
    "power-plant-relu",
    "softmax-mini-batch",
    "dying-relu-prelu",
    "perceptron-and",
    "adam",
    "overfitting-dropout",
)
MAPS = ("image-of-a-4", "max-pooling", "cnn-by-hand", "cnn-digits", "lenet-5")
STEPS = ("three-steps", "lstm-unit", "truncated-3", "remember-lstm", "names-lstm")
MOST = 11  # moments of a lesson
THEMES = {"light": style.LIGHT, "dark": style.DARK}


def text_of(name: str) -> str:
    """All facts of a lesson, one a line."""
    before = style.theme().colors
    try:
        return "".join(f"{line}\n" for look in THEMES for line in _lines(load(name), look))
    finally:
        style.theme().use(before)


def _lines(lesson: Lesson, look: str) -> Iterator[str]:
    style.theme().use(THEMES[look])
    view = NetworkView()
    view.resize(*painted.WIDE)
    view.symbols = lesson.sequence.symbols if lesson.sequence is not None else ()
    view.set_graph(lesson.timeline.graph, lesson.textbook)
    view.show()
    for stage, depth, moment in chosen(lesson):
        yield f"=== {look}, {stage}, {depth.name.lower()}, at {moment.cursor.position}"
        view.show_moment(moment, depth, lesson.digits)
        yield from counted(_numbers(view))
        yield from counted(_arrows(view))
        yield from counted(painted.facts(view.board.scene()))
    view.close()
    view.deleteLater()


def chosen(lesson: Lesson) -> list[tuple[str, Depth, Moment]]:
    """Moments from the start to the end of an iteration, at every depth in turn."""
    found = list(moments(lesson.timeline, lesson.textbook))
    most = min(MOST, len(found))
    return [found[round(place * (len(found) - 1) / (most - 1))] for place in range(most)]


def counted(facts: Iterator[str]) -> Iterator[str]:
    """Every fact once, in the order of the canvas, and how often it is there."""
    for fact, times in Counter(facts).items():
        yield f"    {fact}" if times == 1 else f"    {times} × {fact}"


def _numbers(view: NetworkView) -> Iterator[str]:
    """What each number is, with its role and tag, and how it is written."""
    for item in view.board.items_with_numbers():
        for placed in item.placed:
            ground = f" on {placed.ground}" if placed.ground else ""
            yield f"{type(item).__name__}: {plain(placed.number)} “{placed.number.text}”{ground}"


def _arrows(view: NetworkView) -> Iterator[str]:
    """Where each arrow ends, to ten pixels, and the number that it ends nearest to."""
    placed = [one for item in view.board.items_with_numbers() for one in item.placed]
    for shape in record(view.board.scene()).shapes:
        if len(shape.corners) == 3:
            x, y = tip_of(shape)
            yield f"{shape.by}: an arrow to {round(x, -1):.0f}, {round(y, -1):.0f}{_nearest(placed, x, y)}"


def _nearest(placed: list[Placed], x: float, y: float) -> str:
    """The address of a number; of those that are equally far the one that stands first in the alphabet."""
    if not placed:
        return ""

    def far(one: Placed) -> tuple[int, str]:
        center = one.rect.center()
        return round(hypot(center.x() - x, center.y() - y)), plain(one.number.ref) or ""

    return f" at {min(map(far, placed))[1]}"


CANVASES = Store(Path(__file__).parent / "canvases", (*DENSE, *MAPS, *STEPS), text_of)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true")
    arguments = options.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    make_application()
    if arguments.write:
        CANVASES.write()
        return 0
    print("\n".join(CANVASES.differences()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
