"""What items paint, as a table of facts: which words and numbers, lines, arrows and shapes, in which colors.

``python -m tests.ui.reading.painted --write`` writes the table anew; what has changed in it is to be read.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QGraphicsScene

from nnviz.ui import style
from nnviz.ui.application import make_application
from nnviz.ui.views.canvas import NetworkView
from tests.reading.stored_table import print_or_write
from tests.ui.reading.pictures import moments, networks, plain, pointed_at
from tests.ui.reading.recorder import Shape, Stroke, middle_of, record, tip_of

TABLE = Path(__file__).parent / "painted.txt"
WIDE = (1100, 760)


def facts(scene: QGraphicsScene) -> Iterator[str]:
    """Everything that a scene paints, without where it stands."""
    painted, colors = record(scene), _names_of_colors()
    for text in painted.texts:
        yield f"{text.by}: “{text.text}” {colors[text.color]}"
    for stroke in painted.strokes:
        yield f"{stroke.by}: a line {_way(stroke)}, {colors[stroke.color]}, {stroke.width:.1f} wide"
    for shape in painted.shapes:
        yield f"{shape.by}: {_form(shape)}, {colors[shape.color]}"
    for mark in painted.marks:
        yield f"{mark.by}: {mark.what}, {colors[mark.pen]} with {colors[mark.brush]}"


def _names_of_colors() -> defaultdict[str, str]:
    """The names of colors in the theme; what is mixed has none."""
    names: defaultdict[str, str] = defaultdict(lambda: "mixed", {"": "nothing"})
    for name, color in dataclasses.asdict(style.colors()).items():
        if isinstance(color, str):
            names.setdefault(color.lower(), name)
    return names


def _way(stroke: Stroke) -> str:
    (x, y), (a, b) = stroke.start, stroke.end
    if abs(x - a) < 0.5 or abs(y - b) < 0.5:
        return "down" if abs(x - a) < 0.5 else "across"
    return "aslant"


def _form(shape: Shape) -> str:
    """A circle, an arrow head with its direction, or a polygon."""
    if len(shape.corners) == 1:
        return "a circle"
    if len(shape.corners) != 3:
        return f"a shape of {len(shape.corners)} corners"
    (x, y), (a, b) = tip_of(shape), middle_of(shape)
    if abs(x - a) > abs(y - b):
        return f"an arrow to the {'right' if x > a else 'left'}"
    return f"an arrow {'down' if y > b else 'up'}"


def table() -> str:
    """The facts of all scenes: the first fact of every kind."""
    seen: set[str] = set()
    lines = []
    for name, timeline, textbook, symbols in networks():
        view = NetworkView()
        view.resize(*WIDE)
        view.symbols = symbols
        view.set_graph(timeline.graph, textbook)
        view.show()
        for stage, depth, moment in moments(timeline, textbook):
            view.show_moment(moment, depth, 4)
            for ref in pointed_at(moment):
                view.show_pointed(ref)
                view.show_selection(ref)
                found = [fact for fact in facts(view.board.scene()) if _kind(fact) not in seen]
                new = list({_kind(fact): fact for fact in reversed(found)}.values())[::-1]
                seen |= set(map(_kind, new))
                if new:
                    at = f", {plain(ref)} selected" if ref is not None else ""
                    lines.append(f"{name}, {stage}, {depth.name.lower()}{at}\n")
                    lines += [f"    {fact}\n" for fact in new]
        view.close()
        view.deleteLater()
    return "".join(lines)


def _kind(fact: str) -> str:
    """Facts are of one kind that differ in their numbers only."""
    return re.sub(r"[\d.,]+", "0", fact)


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    make_application()
    print_or_write(TABLE, table, __doc__)


if __name__ == "__main__":
    main()
