"""Numbers with their names in a line, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.cells import paint_frame

HEIGHT, PADDING = 22, 5
LINES = 2  # at least, so that nothing moves when a number is added


class Entry(NamedTuple):
    """A text such as “w₈,₆ = 0.3100”; without `ref` it only says something."""

    text: str
    ref: Ref | None = None


class NumberLine(QWidget):
    """Entries beside each other, in further lines where there is no room."""

    picked = Signal(object)
    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self.selection: Ref | None = None
        self.pointed_at: Ref | None = None
        self._rects: list[QRectF] = []
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            self.setAccessibleName("  ".join(one.text for one in entries))
            self._place()

    def show_marks(self, selection: Ref | None, pointed_at: Ref | None) -> None:
        """Frame the selected number, and the one that is pointed at elsewhere."""
        if (selection, pointed_at) != (self.selection, self.pointed_at):
            self.selection, self.pointed_at = selection, pointed_at
            self.update()

    def rect_of(self, ref: Ref) -> QRectF | None:
        """Where a number stands."""
        return next((r for r, one in zip(self._rects, self.entries, strict=True) if one.ref == ref), None)

    def _place(self) -> None:
        metrics = QFontMetricsF(style.font(style.CONTROL, 600))
        x = y = 0.0
        self._rects = []
        for one in self.entries:
            width = metrics.horizontalAdvance(one.text) + 2 * PADDING
            if x > 0 and x + width > self.width():
                x, y = 0.0, y + HEIGHT
            self._rects.append(QRectF(x, y, width, HEIGHT))
            x += width + 4
        self.setFixedHeight(HEIGHT * max(LINES, 1 + round(y / HEIGHT)))
        self.update()

    def _at(self, point: QPointF) -> Ref | None:
        places = zip(self._rects, self.entries, strict=True)
        return next((one.ref for rect, one in places if rect.contains(point)), None)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT * LINES)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = style.colors()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(style.font(style.CONTROL, 600))
            for rect, one in zip(self._rects, self.entries, strict=True):
                painter.setPen(QColor(c.text if one.ref is not None else c.muted))
                inside = rect.adjusted(PADDING, 0, 0, 0)
                painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, one.text)
                if one.ref is not None and one.ref in (self.selection, self.pointed_at):
                    color = c.selection if one.ref == self.selection else c.outline
                    paint_frame(painter, rect.adjusted(1, 1, -1, -1), color)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        ref = self._at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if ref is None else Qt.CursorShape.PointingHandCursor)
        self.pointed.emit(ref)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        ref = self._at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and ref is not None:
            self.picked.emit(ref)
