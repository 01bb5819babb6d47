"""The title of a panel of maps, the sheets behind it, and what stands below it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnviz.engine.outline import Pass
from nnviz.ui import style
from nnviz.ui.items.number import NumberItem, Placed, text_width
from nnviz.ui.layout.geometry import Box, centered
from nnviz.ui.layout.maps import SHEET, PanelPlace
from nnviz.ui.picture.maps_parts import Curve, Note, Panel

NOTE, ALONE = 14.0, 20.0  # type of a number below a panel, and of one that is all of it
MOST_SHEETS = 2
CAPTION_OVER = 30.0  # beside the caption there is none
EDGE = 6.0  # between a title and the border of the scene


class PanelItem(NumberItem):
    """Everything of a panel but its grids."""

    def __init__(self) -> None:
        super().__init__()
        self.part: Panel | None = None
        self.place: PanelPlace | None = None
        self.into: Pass | None = None
        self.setZValue(4)

    def show_part(self, part: Panel, place: PanelPlace, into: Pass | None, right: float) -> None:
        """Show what stands around the grids of a panel, in a scene that ends at `right`."""
        words = (
            part.title,
            part.subtitle,
            part.caption,
            part.notes,
            part.sheets,
            part.curve,
            part.is_current,
            right,
        )
        if (words, place, into) == (getattr(self, "_words", None), self.place, self.into):
            return
        self.part, self.place, self.into, self._words = part, place, into, words
        self._right = right
        lines = place.lines[1 if part.caption else 0 :]
        self.placed = tuple(
            _note(note, line, ALONE if part.is_bare else NOTE)
            for note, line in zip(part.notes, lines, strict=False)
        )
        area = QRectF(*place.block).united(QRectF(*place.title)).united(QRectF(*place.subtitle))
        for line in place.lines:
            area = area.united(QRectF(*line))
        self.set_bounds(area.adjusted(-80, -12, 80, 12))
        self.update()

    def paint_behind(self, painter: QPainter) -> None:
        part, place, c = self.part, self.place, style.colors()
        if part is None or place is None:
            return
        self._paint_line(painter, place.title, part.title, c.text, 14.5, 600)
        self._paint_line(painter, place.subtitle, part.subtitle, c.muted, 13, 400)
        if part.caption:
            room = place.lines[0]
            room = room._replace(x=room.x - CAPTION_OVER, width=room.width + 2 * CAPTION_OVER)
            self._paint_line(painter, room, part.caption, c.phase(self.into)[0], 13, 600)
        if part.curve is not None:
            _paint_curve(painter, part.curve, QRectF(*place.block), self.into)

    def _paint_line(
        self, painter: QPainter, room: Box, text: str, color: str, pixels: float, weight: int
    ) -> None:
        """A line in the middle of its room, cut off at its end: beside it stands that of the next panel."""
        painter.setFont(style.font(pixels, weight))
        painter.setPen(QColor(color))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width))
        wide = metrics.horizontalAdvance(text) + 6
        left = max(EDGE, min(room.center.x - wide / 2, self._right - EDGE - wide))
        line = QRectF(left, room.y, wide, room.height)
        painter.fillRect(line.adjusted(0, 2, 0, -1), QColor(style.colors().canvas))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)


class SheetsItem(QGraphicsItem):
    """The other maps or filters of a panel, behind the one that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self._block, self._count = QRectF(), 0
        self.setZValue(-1)

    def show_sheets(self, block: Box, count: int) -> None:
        now = QRectF(*block), min(count, MOST_SHEETS)
        if now != (self._block, self._count):
            self.prepareGeometryChange()
            self._block, self._count = now
            self.update()

    def boundingRect(self) -> QRectF:
        behind = SHEET * self._count + 2
        return self._block.adjusted(-2, -behind, behind, 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._count:
            return
        c = style.colors()
        painter.setPen(QPen(QColor(c.control_border), 1.2))
        painter.setBrush(QColor(c.canvas))
        for back in range(self._count, 0, -1):
            painter.drawRect(self._block.translated(SHEET * back, -SHEET * back))
        painter.fillRect(self._block, QColor(c.canvas))


def _note(note: Note, line: Box, pixels: float) -> Placed:
    wide = text_width(note.number.text, pixels) + text_width(note.word, pixels) + 26
    empty = not note.number.is_computed
    return Placed(
        note.number,
        centered(line.center, 44 if empty else wide, 1.6 * pixels),
        pixels,
        letter=note.word,
        ground="tint" if note.is_new and not empty else "plate",
        ink="" if note.is_new else "plain",
        is_words=not note.is_letter,
        stays_small=True,
    )


def _paint_curve(painter: QPainter, curve: Curve, room: QRectF, into: Pass | None) -> None:
    """φ over its axes, and the point on it that the current cell is at."""
    c = style.colors()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(c.control_border), 1.4))
    low, high = curve.sketch.low, curve.sketch.high
    zero = room.bottom() + low / (high - low) * room.height()
    painter.drawLine(QPointF(room.left(), zero), QPointF(room.right(), zero))
    painter.drawLine(QPointF(room.center().x(), room.top()), QPointF(room.center().x(), room.bottom()))
    path = QPainterPath()
    for index, (x, y) in enumerate(curve.sketch.points):
        point = QPointF(room.left() + x * room.width(), room.bottom() - y * room.height())
        path.lineTo(point) if index else path.moveTo(point)
    painter.setPen(QPen(QColor(c.outline), 3))
    painter.drawPath(path)
    if curve.at is not None:
        painter.setPen(QPen(QColor(c.canvas), 2))
        painter.setBrush(QColor(c.phase(into)[0]))
        x, y = curve.at
        painter.drawEllipse(QPointF(room.left() + x * room.width(), room.bottom() - y * room.height()), 7, 7)
