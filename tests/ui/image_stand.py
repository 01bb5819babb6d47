"""Networks that read images, and a view on one of them, for tests with real mouse and keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.moment import resolve
from nnviz.engine.notation import Notation
from nnviz.engine.notation_maps import MapNotation
from nnviz.engine.ops import ReLU, Softmax, SoftmaxCrossEntropy
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.settings import flat
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Edit, Settings, Timeline
from nnviz.lessons.lesson import ImageInfo
from nnviz.ui.tabs.image.pixel_pen import NO_STROKE
from nnviz.ui.tabs.image.view import ImageView

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
KERNELS = {
    "horizontal": ((-1, -1, -1), (1, 1, 1), (-1, -1, -1)),
    "vertical": ((-1, 1, -1), (-1, 1, -1), (-1, 1, -1)),
    "diagonal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}
INFO = ImageInfo("Image of a 4", 6, 6, ("",), 0.0, 255.0)
FOUR = np.zeros((1, 6, 6))
for place in ((1, 1), (2, 1), (2, 3), (3, 1), (3, 2), (3, 3), (3, 4), (4, 3)):
    FOUR[(0, *place)] = 255.0


def maps_only(image=FOUR, kernels=tuple(KERNELS), average=False, pool=(2, 2)):
    """The image of a 4 with the filters of the notes and a pooling layer."""
    builder = GraphBuilder()
    x = builder.given("x", image.shape)
    layer = builder.convolution(x, len(kernels), (3, 3), ReLU(), "conv", "Convolution")
    builder.pooling(layer.a, (AveragePool if average else MaxPool)(pool), "pool", "Pooling")
    graph = builder.graph(x)
    weights = np.stack([[KERNELS[name]] * image.shape[0] for name in kernels]).astype(float)
    parameters = flat(graph, [("conv/w", weights), ("conv/b", np.zeros(len(kernels)))])
    return Timeline(graph, parameters, Settings(image[None], None, 0.1))


def pooling_only():
    """A pooling layer that reads the image of a 4 itself."""
    builder = GraphBuilder()
    x = builder.given("x", (1, 6, 6))
    builder.pooling(x, MaxPool((2, 2)), "pool", "Pooling")
    return Timeline(builder.graph(x), np.zeros(0), Settings(FOUR[None], None, 0.1))


def classifier(shape=(1, 6, 6), classes=3, examples=2, high=1.0):
    """A small network with a softmax output, on images of random pixels."""
    builder = GraphBuilder()
    x, t = builder.given("x", shape), builder.given("t", (classes,))
    layer = builder.convolution(x, 2, (3, 3), ReLU(), "conv", "Convolution")
    layer = builder.dense(layer.a, classes, Softmax(), "out", "Output")
    graph = builder.graph(x, t, builder.loss(SoftmaxCrossEntropy(), layer, t))
    draw = np.random.default_rng(3)
    arrays = [(node.scope, draw.normal(0, 0.3, node.shape)) for node in graph.parameters]
    images = np.round(draw.random((examples, *shape)), 2) * high
    targets = np.eye(classes)[np.arange(examples) % classes]
    return Timeline(graph, flat(graph, arrays), Settings(images, targets, 0.1))


def deep():
    """Two convolution layers with a pooling layer each, the second reading eight maps."""
    builder = GraphBuilder()
    x = builder.given("x", (1, 12, 12))
    layer = builder.convolution(x, 8, (3, 3), ReLU(), "c1", "First")
    pool = builder.pooling(layer.a, MaxPool((2, 2)), "s2", "Second")
    layer = builder.convolution(pool.a, 7, (3, 3), ReLU(), "c3", "Third")
    builder.pooling(layer.a, MaxPool((3, 3)), "s4", "Fourth")
    graph = builder.graph(x)
    draw = np.random.default_rng(4)
    arrays = [(node.scope, draw.normal(0, 1, node.shape)) for node in graph.parameters]
    return Timeline(graph, flat(graph, arrays), Settings(draw.random((1, 1, 12, 12)), None, 0.1))


class ImageStand:
    """A view on a timeline, with a cursor of its own; edits branch the timeline as a player does."""

    def __init__(self, qtbot, view, timeline, size=(350, 480), names=(), **maps):
        self.view, self.timeline, self.position, self.example = view, timeline, 0, 0
        graph = timeline.graph
        self.textbook = Textbook(Notation(graph, maps=MapNotation(graph, (), **maps)))
        self.heard = {name: [] for name in ("picked", "pointed", "edited", "edited_many")}
        view.picked.connect(self.heard["picked"].append)
        view.pointed.connect(self.heard["pointed"].append)
        view.edited.connect(lambda ref, value: self.heard["edited"].append((ref, value)))
        view.edited_many.connect(self.heard["edited_many"].append)
        view.picked.connect(view.show_selection)  # as a window brings it back
        view.pointed.connect(view.show_pointed)
        qtbot.addWidget(view)
        view.resize(*size)
        view.set_graph(graph, self.textbook)
        view.show()
        view.activateWindow()
        qtbot.waitUntil(view.isActiveWindow)
        self.go(0)

    def go(self, position):
        """To a position of the first iteration."""
        self.position = position
        walk = Walk(self.timeline)
        self.moment = resolve(walk, Cursor(0, position, self.example), self.textbook)
        self.view.show_moment(self.moment, Depth.NEURON, 4)
        QApplication.processEvents()

    def go_to(self, scope, *cell):
        self.go(Walk(self.timeline).outline(0).completed_at(Ref(scope, cell=cell)))

    def go_to_end(self):
        self.go(Walk(self.timeline).outline(0).length)

    def edit(self, values):
        """Branch the timeline, and show the same place of it."""
        full = tuple(
            (Ref(r.scope, r.part, r.cell, self.example if r.scope == "x" else None), v) for r, v in values
        )
        self.timeline = self.timeline.edited(Edit(0, full))
        self.go(self.position)


class PixelStand(ImageStand):
    """The image view of a timeline, which hears of strokes and of the live toggle as well."""

    def __init__(self, qtbot, timeline, info=None, classes=(), size=(350, 480)):
        view = ImageView()
        self.strokes, self.toggles = [], []
        view.drawn.connect(self._on_drawn)
        view.live_toggled.connect(self.toggles.append)
        super().__init__(qtbot, view, timeline, size)
        view.set_image(info)
        view.set_classes(classes)
        view.set_original(timeline.settings(0).inputs)
        self.go(0)

    def _on_drawn(self, values, stroke):
        if stroke == NO_STROKE:
            self.heard["edited_many"].append(values)
        else:
            self.strokes.append((values, stroke))

    @property
    def grid(self):
        return self.view.grid

    @property
    def bars(self):
        return self.view.bars

    def image(self):
        return self.timeline.settings(0).inputs[self.example]

    def only_change(self):
        """The one change that was asked for, as an image."""
        [values] = self.heard["edited_many"]
        image = self.image().copy()
        for ref, value in values:
            assert ref == Ref("x", cell=ref.cell) and image[ref.cell] != value
            image[ref.cell] = value
        return image


def pixel(r, c, k=0):
    return Ref("x", cell=(k, r, c))


def center(board, ref) -> QPoint:
    rect = board.rect_of(ref)
    assert rect is not None, f"{ref} is not drawn"
    return rect.center().toPoint()


def click(board, ref, button=LEFT):
    QTest.mouseClick(board, button, pos=center(board, ref))


def double_click(board, ref):
    QTest.mouseClick(board, LEFT, pos=center(board, ref))
    QTest.mouseDClick(board, LEFT, pos=center(board, ref))


def stroke(board, *cells, button=LEFT):
    """Press on the first pixel, drag over the others and let go."""
    points = [center(board, Ref("x", cell=cell)) for cell in cells]
    QTest.mousePress(board, button, pos=points[0])
    for point in points[1:]:
        move(board, point, button)
    QTest.mouseRelease(board, button, pos=points[-1])


def move(board, point, button=Qt.MouseButton.NoButton):
    """A mouse move with a button held, which QTest.mouseMove does not send offscreen."""
    where = QPointF(point)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        where,
        QPointF(board.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(board, event)
