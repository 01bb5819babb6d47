"""What a scene paints, as facts: texts, lines and filled shapes with their colors."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPen, QPolygonF, QRegion, QTransform
from PySide6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem

EVERYWHERE = QRectF(-1e5, -1e5, 2e5, 2e5)


class Text(NamedTuple):
    text: str
    color: str
    at: tuple[float, float]
    by: str  # the class of the item


class Stroke(NamedTuple):
    start: tuple[float, float]
    end: tuple[float, float]
    color: str
    width: float
    by: str


class Shape(NamedTuple):
    """A filled polygon or circle; of a circle `corners` are its center."""

    corners: tuple[tuple[float, float], ...]
    color: str
    by: str


class Mark(NamedTuple):
    """Anything else that is drawn or filled: with which pen and brush."""

    what: str
    pen: str
    brush: str
    by: str


class Recorder:
    """Takes the place of a painter and writes down what is asked of it."""

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.strokes: list[Stroke] = []
        self.shapes: list[Shape] = []
        self.marks: list[Mark] = []
        self.by = ""
        self._pen, self._brush, self._font = QPen(), QBrush(), QFont()
        self._kept: list[tuple[QPen, QBrush, QTransform]] = []
        self._transform = QTransform()

    # What painters are asked

    def worldTransform(self) -> QTransform:
        return QTransform()

    deviceTransform = worldTransform

    def hasClipping(self) -> bool:
        return False

    def paintEngine(self) -> Recorder:
        return self

    def systemClip(self) -> QRegion:
        return QRegion()

    def pen(self) -> QPen:
        return self._pen

    def fontMetrics(self) -> QFontMetrics:
        return QFontMetrics(self._font)

    # What they are told

    def setPen(self, pen: Any) -> None:
        self._pen = QPen(pen)

    def setFont(self, font: QFont) -> None:
        self._font = font

    def setBrush(self, brush: Any) -> None:
        self._brush = QBrush(brush)

    def save(self) -> None:
        self._kept.append((self._pen, self._brush, self._transform))

    def restore(self) -> None:
        self._pen, self._brush, self._transform = self._kept.pop()

    def translate(self, *by: Any) -> None:
        point = by[0] if len(by) == 1 else QPointF(*by)
        self._transform = QTransform.fromTranslate(point.x(), point.y()) * self._transform

    def drawText(self, *arguments: Any) -> None:
        first, text = arguments[0], next(a for a in reversed(arguments) if isinstance(a, str))
        at = (
            first.center()
            if isinstance(first, QRectF)
            else first
            if isinstance(first, QPointF)
            else QPointF()
        )
        self.texts.append(Text(text, self._pen.color().name(), self._at(at), self.by))

    def drawLine(self, *arguments: Any) -> None:
        line = arguments[0] if isinstance(arguments[0], QLineF) else QLineF(*arguments)
        color, width = self._pen.color().name(), self._pen.widthF()
        self.strokes.append(Stroke(self._at(line.p1()), self._at(line.p2()), color, width, self.by))

    def drawPolygon(self, polygon: Any) -> None:
        corners = tuple(self._at(point) for point in QPolygonF(polygon))
        self.shapes.append(Shape(corners, self._brush.color().name(), self.by))

    def drawEllipse(self, first: Any, *rest: Any) -> None:
        center = first.center() if isinstance(first, QRectF) else first
        self.shapes.append(Shape((self._at(center),), self._brush.color().name(), self.by))

    def _at(self, point: Any) -> tuple[float, float]:
        there = self._transform.map(QPointF(point))
        return round(there.x(), 1), round(there.y(), 1)

    def __getattr__(self, name: str) -> Any:
        """Rectangles, paths and pictures leave their colors behind, fonts and hints nothing."""
        if name.startswith("__"):
            raise AttributeError(name)
        return partial(self._mark, name) if name.startswith(("draw", "fill")) else lambda *_, **__: None

    def _mark(self, name: str, *arguments: Any) -> None:
        brush = self._brush
        if name.startswith("fill"):
            brush = QBrush(arguments[-1] if not isinstance(arguments[-1], str) else QColor(arguments[-1]))
        what = f"{name} of {len(arguments[0])}" if name == "drawLines" else name
        self.marks.append(Mark(what, _color(self._pen), _color(brush), self.by))


def _color(tool: QPen | QBrush) -> str:
    """The color of a pen or brush; empty for one that leaves nothing."""
    is_none = tool.style() in (Qt.PenStyle.NoPen, Qt.BrushStyle.NoBrush)
    return "" if is_none else tool.color().name()


def record(scene: QGraphicsScene) -> Recorder:
    """Everything that a scene paints now."""
    recorder = Recorder()
    option = QStyleOptionGraphicsItem()
    option.exposedRect = EVERYWHERE
    for item in reversed(scene.items()):
        if item.isVisible() and type(item).__module__.startswith("nnviz"):
            recorder.by = type(item).__name__
            recorder._transform = item.sceneTransform()
            item.paint(recorder, option, None)
    return recorder


def tip_of(shape: Shape) -> tuple[float, float]:
    """The tip of an arrow head: the corner that is farthest from the middle of the others."""

    def reach(corner: tuple[float, float]) -> float:
        others = [one for one in shape.corners if one != corner]
        middle = [sum(axis) / len(others) for axis in zip(*others, strict=True)]
        return (corner[0] - middle[0]) ** 2 + (corner[1] - middle[1]) ** 2

    return max(shape.corners, key=reach)


def middle_of(shape: Shape) -> tuple[float, float]:
    x, y = (sum(axis) / len(shape.corners) for axis in zip(*shape.corners, strict=True))
    return x, y
