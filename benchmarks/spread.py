"""The spread of 10 layers of 100 units over 100 examples, beside numpy's own statistics and histograms."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np

from benchmarks.table import Row
from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.notation import Notation
from nnviz.engine.ops import SquaredError, Tanh
from nnviz.engine.ref import Part
from nnviz.engine.settings import flat
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Settings, Timeline
from nnviz.ui.tabs.spread.picture import Choice, Measured, picture_of

LAYERS, UNITS, EXAMPLES, REPEATS = 10, 100, 100, 15


def rows() -> Iterator[Row]:
    """Every measurement of this file."""
    moment = _end()
    ours, plain = [], []
    for _ in range(REPEATS):  # in turn, because absolute times drift
        plain.append(_seconds(lambda: _plain(moment)))
        ours.append(_seconds(lambda: picture_of(moment, Choice(), Measured())))
    each = f"{1e3 * min(ours):.1f} against {1e3 * min(plain):.1f} ms"
    ratio = median(a / b for a, b in zip(ours, plain, strict=True))
    yield Row(f"spread of {LAYERS} layers against numpy's own functions ({each})", ratio, "×", 1.0)
    kept = Measured()
    picture_of(moment, Choice(), kept)
    again = min(_seconds(lambda: picture_of(moment, Choice(), kept)) for _ in range(REPEATS))
    yield Row("the same again, against the first time", again / min(ours), "×", 0.2)


def _plain(moment: Moment) -> None:
    for layer in moment.graph.dense:
        quantities = (
            (layer.w, Part.VALUE),
            (layer.z, Part.VALUE),
            (layer.a, Part.VALUE),
            (layer.z, Part.DELTA),
        )
        for node, part in quantities:
            known = moment.array(node.scope, part)
            assert known is not None
            values = known.array
            values.mean(), values.std(), np.median(values), np.histogram(values, 96)


def _end() -> Moment:
    """The end of one iteration of a deep network."""
    build, draw = GraphBuilder(), np.random.default_rng(0)
    x, t = build.given("x", (2,)), build.given("t", (1,))
    below = x
    for i in range(LAYERS):
        below = build.dense(below, UNITS, Tanh(), f"hidden{i + 1}", f"Hidden {i + 1}").a
    output = build.dense(below, 1, Tanh(), "output", "Output")
    graph = build.graph(x, t, build.loss(SquaredError(), output, t))
    arrays = {n.scope: draw.normal(0, 0.1, n.shape) for n in graph.parameters}
    settings = Settings(draw.normal(size=(EXAMPLES, 2)), draw.normal(size=(EXAMPLES, 1)), 0.01)
    walk = Walk(Timeline(graph, flat(graph, arrays.items()), settings))
    return resolve(walk, Cursor(0, walk.outline(0).length, 0), Textbook(Notation(graph)))


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
