"""A canvas with a lesson on it, for tests: what is drawn where, and real mouse and keys."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.moment import resolve
from nnviz.engine.notation import Notation
from nnviz.engine.ops import Logistic, SquaredError
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.engine.settings import flat
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Settings, Timeline
from nnviz.ui.views.canvas import NetworkView

LEFT = Qt.MouseButton.LeftButton
CANVAS, SMALL = (866, 572), (706, 392)

WEIGHT = Ref("hidden2/w", cell=(0, 1))
BIAS = Ref("hidden2/b", cell=(0,))
INPUT = Ref("x", cell=(0,))
TARGET = Ref("t", cell=(0,))
SUM = Ref("hidden2/z", cell=(0,))
ACTIVATION = Ref("hidden2/a", cell=(0,))
DELTA = Ref("hidden2/z", Part.DELTA, (0,))
SLOPE = Ref("hidden2/a", Part.SLOPE, (0,))
ERROR = Ref("output/a", Part.ERROR, (0,))
LOSS = Ref("loss")
GRADIENT = WEIGHT.of(Part.GRADIENT)
NEW = WEIGHT.of(Part.NEW)


class Stand:
    """A canvas on a lesson, with a cursor of its own."""

    def __init__(self, qtbot, lesson, size=CANVAS):
        self.walk, self.textbook = Walk(lesson.timeline), lesson.textbook
        self.view = NetworkView()
        self.view.resize(*size)
        qtbot.addWidget(self.view)
        self.view.show()
        qtbot.waitExposed(self.view)
        sequence = getattr(lesson, "sequence", None)
        self.view.symbols = sequence.symbols if sequence is not None else ()
        self.view.set_graph(lesson.timeline.graph, lesson.textbook)
        self.heard = {name: [] for name in ("picked", "pointed", "edited")}
        self.view.picked.connect(self.heard["picked"].append)
        self.view.pointed.connect(self.heard["pointed"].append)
        self.view.edited.connect(lambda ref, value: self.heard["edited"].append((ref, value)))
        self.example = self.walk.timeline.rows(0)[-1]

    @property
    def outline(self):
        return self.walk.outline(0)

    @property
    def viewport(self):
        return self.view.board.viewport()

    def go(self, position, depth=Depth.NEURON, digits=4):
        self.moment = resolve(self.walk, Cursor(0, position, self.example), self.textbook)
        self.view.show_moment(self.moment, depth, digits)
        return self.moment

    def stage(self, kind):
        """The first stage of a kind."""
        return next(stage for stage in self.outline.stages if stage.kind is kind)

    def go_to(self, ref, depth=Depth.NEURON, digits=4):
        return self.go(self.outline.completed_at(ref), depth, digits)

    def at(self, ref) -> QPoint:
        rect = self.view.rect_of(ref)
        assert rect is not None, f"{ref} is not drawn"
        return rect.center().toPoint()

    def click(self, ref):
        QTest.mouseClick(self.viewport, LEFT, pos=self.at(ref))

    def double_click(self, ref):
        QTest.mouseDClick(self.viewport, LEFT, pos=self.at(ref))

    def number(self, ref):
        items = self.view.board.items_with_numbers()
        return next(p.number for i in items for p in i.placed if p.number.ref == ref and not p.number.is_echo)

    def placed(self):
        return [placed for item in self.view.board.items_with_numbers() for placed in item.placed]

    def color(self, point: QPoint) -> QColor:
        return self.viewport.grab().toImage().pixelColor(point)

    def colors(self) -> set[str]:
        """All colors in the picture."""
        image = self.viewport.grab().toImage()
        pixels = np.frombuffer(image.constBits(), np.uint32)
        return {QColor.fromRgb(int(pixel)).name() for pixel in np.unique(pixels)}


def network(sizes, activation=Logistic, last=None, loss=SquaredError, weights=None):
    """A network of dense layers with data of its own."""
    builder = GraphBuilder()
    x, t = builder.given("x", (sizes[0],)), builder.given("t", (sizes[-1],)) if loss else None
    below = x
    for i, units in enumerate(sizes[1:], 1):
        op = (last or activation)() if i == len(sizes) - 1 else activation()
        layer = builder.dense(below, units, op, f"l{i}", f"Layer {i}")
        below = layer.a
    graph = builder.graph(x, t, builder.loss(loss(), layer, t)) if loss else builder.graph(x)
    draw = np.random.default_rng(5)
    arrays = {node.scope: np.round(draw.normal(0, 1, node.shape), 2) for node in graph.parameters}
    arrays |= weights or {}
    targets = np.eye(sizes[-1])[draw.integers(0, sizes[-1], 3)] if loss else None
    settings = Settings(np.round(draw.random((3, sizes[0])), 2), targets, 0.2)
    return SimpleNamespace(
        timeline=Timeline(graph, flat(graph, arrays.items()), settings), textbook=Textbook(Notation(graph))
    )
