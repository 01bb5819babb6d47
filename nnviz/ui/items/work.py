"""Signs, names and numbers of the row of products; its grids are items of their own."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from nnviz.engine.outline import Pass
from nnviz.ui import style
from nnviz.ui.items.number import NumberItem, Placed, text_width
from nnviz.ui.layout.geometry import Box, centered
from nnviz.ui.layout.maps import GridPlace
from nnviz.ui.layout.maps_work import NAME_LINE
from nnviz.ui.picture.maps_parts import Note, Product, Sign

RESULT, TOTAL = 16.0, 13.0

Parts = tuple[Product | Sign | Note, ...]


class WorkItem(NumberItem):
    """What stands between and below the grids of the row of products."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: Parts = ()
        self._places: tuple[GridPlace, ...] = ()
        self._into: Pass | None = None

    def show_parts(self, parts: Parts, places: tuple[GridPlace, ...], into: Pass | None) -> None:
        if (parts, places, into) == (self._parts, self._places, self._into):
            return
        self._parts, self._places, self._into = parts, places, into
        self.placed = tuple(self._numbers())
        bounds = QRectF()
        for place in places:
            bounds = bounds.united(QRectF(*place.box))
        self.set_bounds(bounds.adjusted(-30, -16, 30, 30))
        self.update()

    def _numbers(self):
        for part, place in zip(self._parts, self._places, strict=True):
            box = place.box
            if isinstance(part, Note) and part.is_new:
                yield Placed(
                    part.number,
                    Box(box.x + 6, box.y, box.width - 12, box.height),
                    RESULT,
                    ground="tint",
                    radius=4,
                )
            elif isinstance(part, Note):
                yield Placed(
                    part.number, centered(box.center, box.width - 22, 26), 14.0, ink="plain", ground="plate"
                )
            elif isinstance(part, Product) and part.total is not None:
                center = Box(box.x, box.bottom + 2, box.width, NAME_LINE).center
                word = "Σ"
                wide = text_width(part.total.text, TOTAL) + text_width(word, TOTAL, 400) + 14
                yield Placed(
                    part.total,
                    centered(center, wide, NAME_LINE),
                    TOTAL,
                    letter=word,
                    is_words=True,
                    ink="plain",
                )

    def paint_behind(self, painter: QPainter) -> None:
        for part, place in zip(self._parts, self._places, strict=True):
            if isinstance(part, Sign):
                self._paint_sign(painter, part, place.box)
            elif isinstance(part, Product) and part.total is None:
                self._paint_name(painter, part.name, place.box)
            elif isinstance(part, Note) and not part.is_new:
                self._paint_name(painter, part.word, place.box.grown(-6))

    def _paint_name(self, painter: QPainter, name: str, box: Box) -> None:
        painter.setFont(style.font(13, 400))
        painter.setPen(QColor(style.colors().muted))
        room = QRectF(box.x - 30, box.bottom + 3, box.width + 60, NAME_LINE)
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, name)

    def _paint_sign(self, painter: QPainter, sign: Sign, box: Box) -> None:
        c = style.colors()
        painter.setPen(QColor(c.outline))
        if not sign.is_arrow:
            painter.setFont(style.math_font(24))
            painter.drawText(QRectF(*box), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, sign.text)
            return
        y, left, right = box.center.y, box.x + 8, box.right - 8
        painter.setPen(QPen(QColor(c.outline), 2))
        painter.drawLine(QPointF(left, y), QPointF(right - 8, y))
        painter.setBrush(QColor(c.outline))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(
            QPolygonF([QPointF(right, y), QPointF(right - 11, y - 5), QPointF(right - 11, y + 5)])
        )
        painter.setPen(QColor(c.outline))
        painter.setFont(style.math_font(19))
        painter.drawText(QRectF(left, y - 26, right - left - 6, 24), Qt.AlignmentFlag.AlignCenter, sign.text)
