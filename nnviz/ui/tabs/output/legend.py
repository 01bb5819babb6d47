"""What lines and points of a plot stand for, below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnviz.ui import style
from nnviz.ui.markers import hue, paint_marker, paint_wrong

ROW, SIGN, GAP, LEFT = 20, 22, 14, 12
Kind = Literal["line", "dash", "curve", "class", "hollow", "wrong", "ramp"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign and what it means; `place` is the class of a point."""

    kind: Kind
    text: str
    place: int = -1


class PlotLegend(QWidget):
    """Entries from left to right, in as many rows as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self.setFixedHeight(ROW)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Other signs."""
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            self.setAccessibleName(", ".join(one.text for one in self.entries))
            self._fit()
            self.update()

    def _places(self) -> list[QPointF]:
        """The top left corner of every entry."""
        metrics = QFontMetricsF(style.font(style.CAPTION))
        places, left, top = [], float(LEFT), 0.0
        for entry in self.entries:
            wide = self._sign_width(entry) + metrics.horizontalAdvance(entry.text)
            if left > LEFT and left + wide > self.width() - 4:
                left, top = float(LEFT), top + ROW
            places.append(QPointF(left, top))
            left += wide + GAP
        return places

    def _sign_width(self, entry: Entry) -> float:
        return {"line": 26.0, "dash": 26.0, "curve": 26.0, "ramp": 66.0}.get(entry.kind, 16.0)

    def _fit(self) -> None:
        places = self._places()
        self.setFixedHeight(round(places[-1].y()) + ROW if places else 0)

    def _paint_sign(self, painter: QPainter, entry: Entry, at: QPointF) -> None:
        c = style.colors()
        center, middle = at + QPointF(6, ROW / 2), at.y() + ROW / 2
        match entry.kind:
            case "line" | "curve" | "dash":
                color = c.forward if entry.kind == "curve" else c.text if entry.kind == "line" else c.outline
                line = Qt.PenStyle.DashLine if entry.kind == "dash" else Qt.PenStyle.SolidLine
                painter.setPen(QPen(QColor(color), 2.4 if entry.kind != "dash" else 1.4, line))
                painter.drawLine(QPointF(at.x(), middle), QPointF(at.x() + 20, middle))
            case "class":
                fill = QColor(hue(entry.place) if entry.place >= 0 else c.training)
                paint_marker(painter, center, entry.place, fill, False, c.panel)
            case "hollow":
                paint_marker(painter, center, -1, QColor(c.outline), True, c.panel)
            case "wrong":
                paint_wrong(painter, center)
                paint_marker(painter, center, -1, QColor(c.outline), False, c.panel)
            case "ramp":
                self._paint_ramp(painter, QRectF(at.x(), middle - 5, 60, 10))

    def _paint_ramp(self, painter: QPainter, rect: QRectF) -> None:
        ramp, c = QLinearGradient(rect.topLeft(), rect.topRight()), style.colors()
        for place, color in zip((0.0, 0.5, 1.0), (c.negative, c.diverging[1], c.positive), strict=True):
            ramp.setColorAt(place, QColor(color))
        painter.fillRect(rect, ramp)
        painter.setPen(QColor(c.control_border))
        painter.drawRect(rect)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            for entry, at in zip(self.entries, self._places(), strict=True):
                self._paint_sign(painter, entry, at)
                painter.setFont(style.font(style.CAPTION))
                painter.setPen(QColor(style.colors().muted))
                beside = QRectF(at.x() + self._sign_width(entry), at.y(), self.width(), ROW)
                painter.drawText(beside, left, entry.text)
