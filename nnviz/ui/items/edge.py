"""An edge, what travels along it, and the label of its weight."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF

from nnviz.ui import style
from nnviz.ui.items.number import NumberItem, Placed, text_width
from nnviz.ui.layout.geometry import Line, Point, centered
from nnviz.ui.layout.network import Sizes
from nnviz.ui.picture.parts import EdgePart, Flow, Number

BAR, BAR_LENGTH = 2.6, 12.0
HALO, HALO_ALPHA = 16.0, 0.16
ARROW, HEAD, CHEVRON = 3.4, 18.0, 2.4
MOST_THIN = 2.5
FADED, FADED_LIT, FADED_LABEL = 0.22, 0.5, 0.7
CATCH = 11.0  # how wide an edge is for the pointer


class EdgeItem(NumberItem):
    """The line of one weight, from border to border, with its label."""

    def __init__(self) -> None:
        super().__init__()
        self.part: EdgePart | None = None

    def place(self, line: Line, sizes: Sizes) -> None:
        self._line, self._sizes = line, sizes
        self._stroke: QPainterPath | None = None
        self.part = None
        (x0, y0), (x1, y1) = line
        bounds = QRectF(QPointF(min(x0, x1), min(y0, y1)), QPointF(max(x0, x1), max(y0, y1)))
        self.set_bounds(bounds.adjusted(-60, -60, 60, 60))

    def show_part(self, part: EdgePart) -> None:
        self.part = part
        self.setOpacity(_opacity(part))
        self.setZValue(2 if part.flow is Flow.REST else 3)
        self.update()

    def number_at(self, point: QPointF) -> Number | None:
        if self.part is None:
            return None
        if self._stroke is None:
            self._stroke = _stroke(self._line)
        return self.part.parameter.value if self._stroke.contains(point) else None

    def paint_behind(self, painter: QPainter) -> None:
        part = self.part
        if part is None:
            return
        number = part.parameter.value
        if number.is_pointed or number.is_selected:
            self._paint_halo(painter, QColor(style.colors().sign(part.parameter.weight)[0]), 0.22)
        if part.is_one_of_many:
            self._paint_thin(painter, part)
        elif part.flow is Flow.BACKWARD:
            self._paint_backward(painter, part)
        elif part.flow is Flow.FORWARD:
            self._paint_forward(painter, part)
        else:
            if part.flow is Flow.WEIGHED:
                self._paint_halo(painter, QColor(style.colors().phase(part.into)[0]), HALO_ALPHA)
            self._paint_line(painter, part)

    def _paint_line(self, painter: QPainter, part: EdgePart) -> None:
        weight = part.parameter.weight
        color = QColor(style.colors().sign(weight)[0])
        start, end = self._line
        painter.setPen(_pen(color, part.width))
        painter.drawLine(QPointF(*start), QPointF(*end))
        if weight < 0:
            paint_bar(painter, start, end, color)

    def _paint_thin(self, painter: QPainter, part: EdgePart) -> None:
        color = style.with_alpha(style.colors().sign(part.parameter.weight)[0], 0.55)
        painter.setPen(_pen(color, min(part.width, MOST_THIN)))
        painter.drawLine(QPointF(*self._line.start), QPointF(*self._line.end))

    def _paint_forward(self, painter: QPainter, part: EdgePart) -> None:
        """The activation travels: a halo along the edge, an arrow in the hue of the pass into the neuron."""
        color = QColor(style.colors().phase(part.into)[0])
        self._paint_halo(painter, color, HALO_ALPHA)
        self._paint_line(painter, part)
        _paint_head(painter, self._line.start, self._line.end, color)

    def _paint_backward(self, painter: QPainter, part: EdgePart) -> None:
        """The error comes back: everything points the other way."""
        color = QColor(style.colors().phase(part.into)[0])
        self._paint_halo(painter, color, HALO_ALPHA)
        start, end = self._line.end, self._line.start
        painter.setPen(_pen(color, ARROW))
        length = start.distance(end)
        painter.drawLine(QPointF(*start), QPointF(*start.toward(end, 1 - HEAD / 2 / max(length, HEAD))))
        if part.parameter.weight < 0:
            paint_bar(painter, self._line.start, self._line.end, QColor(style.colors().negative))
        painter.setPen(_pen(color, CHEVRON))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for share in (0.12, 0.22, 0.78):
            painter.drawPolyline(_arrow(start, start.toward(end, share), 10, 6.5))
        _paint_head(painter, start, end, color)

    def _paint_halo(self, painter: QPainter, color: QColor, alpha: float) -> None:
        painter.setPen(_pen(style.with_alpha(color.name(), alpha), HALO))
        painter.drawLine(QPointF(*self._line.start), QPointF(*self._line.end))

    def shape(self) -> QPainterPath:
        return _stroke(self._line)


class EdgeLabel(NumberItem):
    """The weight of an edge on a plate, and below it the product, the gradient or the new weight."""

    def __init__(self) -> None:
        super().__init__()
        self.at: Point | None = None
        self.setZValue(10)

    def show_part(self, part: EdgePart, at: Point | None, sizes: Sizes) -> None:
        self.at = at
        self.setVisible(at is not None)
        self.setOpacity(FADED_LABEL if part.is_faded and part.flow is Flow.REST else 1.0)
        if at is None:
            self.placed = ()
            return
        self.placed = tuple(_label_numbers(part, at, sizes))
        self.set_bounds(QRectF(at.x - 80, at.y - 40, 160, 90))
        lit = part.parameter.value.tag or part.parameter.value.is_pointed or part.parameter.value.is_selected
        self.setZValue(12 if lit else 10)
        self.update()


def _label_numbers(part: EdgePart, at: Point, sizes: Sizes) -> list[Placed]:
    value, below = part.parameter.value, part.parameter.below
    pixels = sizes.label * (1.15 if value.tag and below is None else 1.0)
    room, high = (16, 1.7) if value.tag else (6, 1.35)
    first = centered(at, text_width(value.text, pixels) + room, high * pixels)
    found = [Placed(value, first, pixels, ground="plate", is_struck=part.parameter.is_replaced)]
    if below is not None:
        wide = (text_width(below.text, sizes.label) if below.is_computed else 34) + 8
        second = centered(Point(at.x, first.bottom + 0.65 * sizes.label), wide, 1.35 * sizes.label)
        found.append(Placed(below, second, sizes.label, ground="plate"))
    return found


def paint_bar(painter: QPainter, start: Point, end: Point, color: QColor, length: float = BAR_LENGTH) -> None:
    """⊣ at the target end: a negative weight holds back."""
    whole = max(start.distance(end), 1.0)
    at = end.toward(start, min(3.0 / whole, 1.0))
    dx, dy = (end.x - start.x) / whole * length / 2, (end.y - start.y) / whole * length / 2
    painter.setPen(_pen(color, BAR))
    painter.drawLine(QPointF(at.x - dy, at.y + dx), QPointF(at.x + dy, at.y - dx))


def _paint_head(painter: QPainter, start: Point, end: Point, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(_arrow(start, end, HEAD, 7.5))


def _arrow(start: Point, tip: Point, length: float, half: float) -> QPolygonF:
    """Two strokes that meet in a tip."""
    angle = math.atan2(tip.y - start.y, tip.x - start.x)
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    foot = (tip.x - length * along[0], tip.y - length * along[1])
    one = QPointF(foot[0] + half * across[0], foot[1] + half * across[1])
    other = QPointF(foot[0] - half * across[0], foot[1] - half * across[1])
    return QPolygonF([one, QPointF(*tip), other])


def _opacity(part: EdgePart) -> float:
    """An edge of a unit that is dropped carries nothing; in the light it is seen a little better."""
    if not part.is_faded:
        return 1.0
    return FADED if part.flow is Flow.REST else FADED_LIT


def _stroke(line: Line) -> QPainterPath:
    path = QPainterPath(QPointF(*line.start))
    path.lineTo(QPointF(*line.end))
    stroker = QPainterPathStroker()
    stroker.setWidth(CATCH)
    return stroker.createStroke(path)


def _pen(color: QColor, width: float) -> QPen:
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
