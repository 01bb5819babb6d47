"""How violins, histograms, their axes and the bars of the gradients are painted."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from nnviz.engine.numbers import show
from nnviz.engine.spread import Axis
from nnviz.ui import style
from nnviz.ui.cells import text_width
from nnviz.ui.layout.geometry import Box, as_share
from nnviz.ui.tabs.spread.layout import (
    BAR_NAMES,
    BARS_HEADING,
    GUTTER,
    HEADER,
    TICKS,
    Plan,
    labels_of,
    power,
    powers_between,
    range_text,
    shortened,
)
from nnviz.ui.tabs.spread.picture import Gradient, Quantity, Row, Violin, decades_of

CENTER = Qt.AlignmentFlag.AlignCenter
RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
MOST_HALF, SHARE = 44.0, 0.42  # of a violin: its half width, at most this share of its column
DOT, MARK = 2.2, 11.0
SIDE = 14.0
TICK_WIDTH = 44.0


class SpreadPen:
    """Paints onto one device with the digits of the window."""

    def __init__(self, painter: QPainter, plan: Plan, digits: int) -> None:
        self.painter = painter
        self.plan = plan
        self.digits = digits

    # The columns

    def title(self, column: int, text: str) -> None:
        self.painter.setFont(style.font(style.CAPTION, 600))
        self.painter.setPen(QColor(style.colors().muted))
        box = QRectF(*self.plan.title(column)).adjusted(1, 0, -1, 0)
        text = text if text_width(text, style.CAPTION, 600) <= box.width() else shortened(text)
        self.painter.drawText(box, CENTER, self._elided(text, box.width()))

    def grid(self, index: int, row: Row) -> None:
        """The lines of a common axis, across all columns."""
        if row.axis is None:
            return
        c, box = style.colors(), self.plan.plot(index, 0)
        right = self.plan.row(index).right
        for place in row.axis.place(np.array(row.axis.ticks())).tolist():
            y = box.bottom - place * box.height
            self.painter.setPen(QPen(QColor(c.line if _is_zero(row.axis, place) else c.grid), 1))
            self.painter.drawLine(QPointF(box.x, y), QPointF(right, y))

    def violin(self, index: int, column: int, row: Row, is_pointed: bool, marked: float | None) -> None:
        """A violin, or in its place the letter of what is not computed."""
        violin = row.violins[column]
        box = self.plan.plot(index, column)
        if violin is None:
            self._empty(QRectF(*box).adjusted(6, 2, -6, -2), row.quantity.letter)
            return
        if row.axis is None:
            box = self._own_axis(violin, box)
        self._body(violin, box, row.quantity, is_pointed)
        self._median(violin, box)
        if marked is not None:
            self._marked(violin, box, marked)
        self.painter.setFont(style.font(style.CAPTION, 600))
        self.painter.setPen(QColor(style.colors().text))
        figures = QRectF(*self.plan.figures(index, column))
        self.painter.drawText(figures, CENTER, self._fitting(violin.spread.deviation, figures.width() - 2))

    def empty_row(self, index: int, row: Row, width: float) -> None:
        """One dashed place for the whole row; it says when its numbers come."""
        box = self.plan.row(index)
        rect = QRectF(box.x + 6, box.y + 10, min(box.width, width) - 12, box.height - 22)
        self._empty(rect, row.awaits)

    def _own_axis(self, violin: Violin, box: Box) -> Box:
        """The ends of the axis stand above the violin."""
        self.painter.setFont(style.font(style.CAPTION))
        self.painter.setPen(QColor(style.colors().muted))
        rect = QRectF(box.x + 1, box.y - 6, box.width - 2, 16)
        self.painter.drawText(rect, CENTER, self._elided(range_text(violin.axis), rect.width()))
        return own_plot(box)

    def _body(self, violin: Violin, box: Box, quantity: Quantity, is_pointed: bool) -> None:
        hue, _ = style.colors().phase(quantity.into)
        self.painter.setPen(QPen(QColor(hue), 2.4 if is_pointed else 1.4))
        self.painter.setBrush(style.with_alpha(hue, 0.42 if is_pointed else 0.30))
        if violin.dots:
            self.painter.setBrush(style.with_alpha(hue, 0.16))
        if violin.outline:
            self.painter.drawPolygon(outline_of(violin, box))
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(hue))
        for place in violin.dots:
            at = QPointF(box.center.x, box.bottom - place * box.height)
            self.painter.drawEllipse(at, DOT, DOT)

    def _median(self, violin: Violin, box: Box) -> None:
        y = box.bottom - float(violin.axis.place(violin.spread.median)) * box.height
        self.painter.setPen(QPen(QColor(style.colors().text), 2.4))
        half = min(MARK, SHARE * box.width)
        self.painter.drawLine(QPointF(box.center.x - half, y), QPointF(box.center.x + half, y))

    def _marked(self, violin: Violin, box: Box, value: float) -> None:
        """Where the selected number stands: a wedge at either side."""
        if math.isnan(value):
            return
        y, half = box.bottom - as_share(float(violin.axis.place(value))) * box.height, half_width(box)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(style.colors().selection))
        for side in (-1, 1):
            tip = QPointF(box.center.x + side * (half - 3), y)
            outside = [tip + QPointF(side * 7, dy) for dy in (-4, 4)]
            self.painter.drawPolygon(QPolygonF([tip, *outside]))

    def _empty(self, rect: QRectF, text: str) -> None:
        c = style.colors()
        pen = QPen(QColor(c.not_yet), 1.1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3.5])
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(rect, 4, 4)
        self.painter.setPen(QColor(c.not_yet))
        self.painter.setFont(style.font(style.CAPTION))
        self.painter.drawText(rect, CENTER, self._elided(text, rect.width() - 4))

    # The gutter

    def gutter(self, index: int, row: Row) -> None:
        """Letter and axis of a row, over whatever is scrolled below them."""
        c, box = style.colors(), self.plan.plot(index, 0)
        whole = self.plan.row(index)
        self.painter.fillRect(QRectF(0, whole.y, GUTTER, whole.height), QColor(c.panel))
        self.painter.setPen(QColor(c.phase(row.quantity.into)[0]))
        self.painter.setFont(style.math_font(24))
        letter = style.italic(row.quantity.letter)
        self.painter.drawText(QRectF(SIDE, box.y, 24, box.height), LEFT_MIDDLE, letter)
        if not any(row.violins):
            return
        self.painter.setFont(style.font(style.CAPTION))
        self.painter.setPen(QColor(c.muted))
        figures = self.plan.figures(index, 0)
        self.painter.drawText(QRectF(0, figures.y, GUTTER - 8, figures.height), RIGHT_MIDDLE, "σ")
        for place, text in labels_of(row.axis, box.height) if row.axis is not None else ():
            y = box.bottom - place * box.height
            self.painter.drawText(QRectF(0, y - 8, GUTTER - 8, 16), RIGHT_MIDDLE, text)

    def corner(self) -> None:
        self.painter.fillRect(QRectF(0, 0, GUTTER, HEADER), QColor(style.colors().panel))

    # The bars

    def bars(self, gradients: tuple[Gradient, ...], trains: bool) -> None:
        """mean |∂E/∂w| of every layer on a logarithmic axis."""
        self._bars_heading()
        decades = decades_of(gradients)
        if not trains or all(g.mean is None for g in gradients):
            top, last = self.plan.bar(0), self.plan.bar(self.plan.bars - 1)
            room = QRectF(SIDE, top.y, self.plan.width - 2 * SIDE, last.bottom - top.y)
            self._empty(room, "comes with the gradients" if trains else "nothing is learned here")
            return
        if decades is not None:
            self._bar_axis(*decades)
        for index, gradient in enumerate(gradients):
            self._bar(index, gradient, decades)

    def _bars_heading(self) -> None:
        c, top = style.colors(), self.plan.bars_top
        self.painter.setPen(QColor(c.line))
        self.painter.drawLine(QPointF(SIDE, top + 3), QPointF(self.plan.width - SIDE, top + 3))
        room = QRectF(SIDE, top + 5, self.plan.width - 2 * SIDE, BARS_HEADING - 7)
        self.painter.setFont(style.font(style.CONTROL, 600))
        self.painter.setPen(QColor(c.text))
        self.painter.drawText(room, LEFT_MIDDLE, "Gradient per layer")
        self.painter.setFont(style.font(style.CAPTION))
        self.painter.setPen(QColor(c.muted))
        self.painter.drawText(room, RIGHT_MIDDLE, "mean |∂E/∂w|, log axis")

    def _bar_axis(self, first: int, last: int) -> None:
        c, box = style.colors(), self.plan.bar(self.plan.bars - 1)
        top = self.plan.bar(0).y
        self.painter.setFont(style.font(style.CAPTION))
        for exponent in powers_between(first, last, int(box.width / TICK_WIDTH)):
            x = box.x + (exponent - first) / (last - first) * box.width
            self.painter.setPen(QPen(QColor(c.line), 1))
            self.painter.drawLine(QPointF(x, top - 2), QPointF(x, box.bottom + 3))
            self.painter.setPen(QColor(c.muted))
            self.painter.drawText(QRectF(x - 30, box.bottom + 3, 60, TICKS - 2), CENTER, power(exponent))

    def _bar(self, index: int, gradient: Gradient, decades: tuple[int, int] | None) -> None:
        c, box = style.colors(), self.plan.bar(index)
        self.painter.setFont(style.font(style.CAPTION))
        self.painter.setPen(QColor(c.text))
        name = QRectF(SIDE, box.y - 2, BAR_NAMES - SIDE - 6, box.height + 4)
        self.painter.drawText(name, LEFT_MIDDLE, self._elided(gradient.title, name.width()))
        end = box.x
        if gradient.mean is not None and decades is not None:
            end += self._bar_length(gradient.mean, decades) * box.width
            self.painter.setPen(QPen(QColor(c.backward), 1.4))
            self.painter.setBrush(style.with_alpha(c.backward, 0.55))
            if end > box.x:
                self.painter.drawRoundedRect(QRectF(box.x, box.y, end - box.x, box.height), 2, 2)
        text = "not yet" if gradient.mean is None else show(gradient.mean, self.digits)
        if not gradient.is_trained:
            text = "not trained"
        is_value = gradient.mean is not None
        self.painter.setFont(style.font(style.CAPTION, 600 if is_value else 400))
        self.painter.setPen(QColor(c.text if is_value else c.not_yet))
        room = QRectF(end + 7, box.y - 2, text_width(text, style.CAPTION, 600) + 4, box.height + 4)
        self.painter.fillRect(room.adjusted(-2, 3, 0, -3), QColor(c.panel))
        self.painter.drawText(room, LEFT_MIDDLE, text)

    def _bar_length(self, mean: float, decades: tuple[int, int]) -> float:
        """The share of the axis up to a mean; a gradient of zero has no bar."""
        first, last = decades
        if not (mean > 0 and math.isfinite(mean)):
            return 0.0
        return (math.log10(mean) - first) / (last - first)

    def _fitting(self, value: float, width: float) -> str:
        """A number with as many digits as its room allows; all of them stand in the tool tip."""
        texts = [show(value, digits) for digits in range(self.digits, 0, -1)]
        return next((text for text in texts if text_width(text, style.CAPTION, 600) <= width), texts[-1])

    def _elided(self, text: str, width: float) -> str:
        metrics = QFontMetricsF(self.painter.font())
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def own_plot(box: Box) -> Box:
    """What is left of a plot below the ends of its own axis."""
    return Box(box.x, box.y + 9, box.width, box.height - 9)


def half_width(box: Box) -> float:
    return min(MOST_HALF, SHARE * box.width)


def outline_of(violin: Violin, box: Box) -> QPolygonF:
    """The outline of a violin in its box, symmetric."""
    half, middle = half_width(box), box.center.x
    sides = [(box.bottom - place * box.height, height * half) for place, height in violin.outline]
    right = [QPointF(middle + wide, y) for y, wide in sides]
    left = [QPointF(middle - wide, y) for y, wide in reversed(sides)]
    return QPolygonF(right + left)


def _is_zero(axis: Axis, place: float) -> bool:
    return abs(place - float(axis.place(0.0))) < 1e-9
