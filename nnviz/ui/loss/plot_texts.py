"""Texts on a plot that can be hovered and clicked: the end of a curve, its best point, the newest loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnviz.ui import style
from nnviz.ui.cells import paint_frame
from nnviz.ui.loss.pins import NUMBERS, pin_color

LINE = 17
INSET = 6
NUMBER = 16


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text; `role` names its color."""

    text: str
    role: str = "text"
    weight: int = 400
    size: int = style.CAPTION


class PlotText(QWidget):
    """A few lines of text on a plot, which shows through faintly."""

    clicked = Signal()
    hovered = Signal(bool)

    def __init__(self, parent: QWidget, line_height: int = LINE) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.lines: tuple[TextLine, ...] = ()
        self._line_height = line_height
        self._frame = ""
        self.hide()

    def show_lines(self, lines: Sequence[TextLine], tip: str) -> None:
        """Other texts; `tip` says in a sentence what they are."""
        if tuple(lines) != self.lines:
            self.lines = tuple(lines)
            self.setAccessibleName(" ".join(line.text for line in lines))
            self.resize(self.sizeHint())
            self.update()
        self.setToolTip(tip)

    def show_marks(self, is_selected: bool, is_pointed: bool) -> None:
        """Frame it as what is selected, or what is hovered over elsewhere."""
        frame = "selection" if is_selected else "outline" if is_pointed else ""
        if frame != self._frame:
            self._frame = frame
            self.update()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    # Qt

    def sizeHint(self) -> QSize:
        widths = [QFontMetricsF(_font(line)).horizontalAdvance(line.text) for line in self.lines]
        return QSize(round(max(widths, default=0.0)) + 2 * INSET + 2, len(self.lines) * self._line_height + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = style.colors()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.with_alpha(c.panel, 0.86))
            painter.drawRoundedRect(self.rect(), 4, 4)
            for row, line in enumerate(self.lines):
                painter.setFont(_font(line))
                painter.setPen(QColor(getattr(c, line.role)))
                area = QRectF(
                    INSET, 2 + row * self._line_height, self.width() - 2 * INSET + 2, self._line_height
                )
                text = painter.fontMetrics().elidedText(
                    line.text, Qt.TextElideMode.ElideRight, round(area.width()) + 1
                )
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
            if self._frame:
                paint_frame(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), getattr(c, self._frame))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.hovered.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(False)


class PinNumbers(QWidget):
    """The numbers of the pinned curves at their ends. The mouse does not notice them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.places: tuple[tuple[int, QPointF], ...] = ()

    def show_places(self, places: Sequence[tuple[int, QPointF]]) -> None:
        """The upper left corner of the number of each pin."""
        if tuple(places) != self.places:
            self.places = tuple(places)
            self.update()

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(style.font(style.CONTROL, 600))
            for place, corner in self.places:
                area = QRectF(corner.x(), corner.y(), NUMBER, NUMBER)
                color = pin_color(place)
                color.setAlphaF(1.0)
                painter.setPen(color)
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, NUMBERS[place])


def _font(line: TextLine) -> QFont:
    return style.font(line.size, line.weight)


def apart(middles: Sequence[float], height: float, top: float, bottom: float) -> list[float]:
    """Upper edges of texts of one height, at these middles where that is inside and not on each other."""
    order = sorted(range(len(middles)), key=lambda place: middles[place])
    tops = [middles[place] - height / 2 for place in order]
    blocks: list[tuple[float, int]] = []  # upper edge, and how many texts touch each other there
    for one in tops:
        start, count = one, 1
        while blocks and blocks[-1][0] + blocks[-1][1] * height > start:
            above, more = blocks.pop()
            total = count + more
            start = (more * above + count * (start - more * height)) / total
            count = total
        blocks.append((start, count))
    placed = [start + i * height for start, count in blocks for i in range(count)]
    for i in range(len(placed)):
        placed[i] = max(placed[i], top + i * height)
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], bottom - (len(placed) - i) * height)
    by_place = dict(zip(order, placed, strict=True))
    return [by_place[place] for place in range(len(middles))]
