"""How the time to place the labels of edges grows with their number."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from benchmarks.table import Row
from nnviz.ui.layout.geometry import Line, Point
from nnviz.ui.layout.labels import along, label_size, settle
from nnviz.ui.layout.surroundings import Surroundings

FEW, MANY = 50, 200
APART, LONG = 40.0, 240.0  # edges as in a gap between two columns, each with room for its label
STEEP = 3  # how many others an edge crosses on each side


def rows() -> Iterator[Row]:
    """Four times as many labels, side by side with the fewer; all pairs would take sixteen times as long."""
    pairs = [(_seconds(FEW), _seconds(MANY)) for _ in range(7)]
    few, many = (statistics.median(column) for column in zip(*pairs, strict=True))
    name = f"placing {MANY} labels ({1000 * many:.0f} ms) against {FEW} ({1000 * few:.0f} ms)"
    yield Row(name, many / few, "×", 8)


def _seconds(count: int) -> float:
    size = label_size(4, 12)
    ends = [(place, place + STEEP * (-1) ** place) for place in range(count)]
    lines = {(0, end, start): Line(Point(0, APART * start), Point(LONG, APART * end)) for start, end in ends}
    start = time.process_time()
    around = Surroundings.of((), lines.values())
    settle({edge: along(line, size, around) for edge, line in lines.items()})
    return time.process_time() - start
