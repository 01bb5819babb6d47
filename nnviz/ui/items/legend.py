"""What the lines of the picture mean, and how large it is shown."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnviz.engine.outline import Pass
from nnviz.ui import style
from nnviz.ui.items.condition import paint_sign
from nnviz.ui.items.number import text_width
from nnviz.ui.picture.conditions import Condition

HEIGHT, LINE = 66, 18
STACKED_BELOW = 460  # in a low view the lines of the legend stand above each other
SIDE, SAMPLE, GAP = 22, 26, 8
BELOW = "below a weight"


class Legend(QWidget):
    """The lower border of the canvas: signs at the left, zoom at the right. Lets the pointer through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.below: tuple[str, Pass | None] = ("", None)
        self.conditions: tuple[Condition, ...] = ()
        self.zoom = 100
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedHeight(HEIGHT)
        self.is_stacked = False

    def show_conditions(self, conditions: tuple[Condition, ...]) -> None:
        """Explain the signs of those that are drawn."""
        if conditions != self.conditions:
            self.conditions = conditions
            self.update()

    def show_state(self, below: tuple[str, Pass | None], zoom: int) -> None:
        if (below, zoom) != (self.below, self.zoom):
            self.below, self.zoom = below, zoom
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            c = style.colors()
            y = HEIGHT - 6 - LINE
            is_stacked = self.is_stacked or bool(self.conditions)
            first = self._paint_line(painter, SIDE, y - LINE if is_stacked else y, c.positive, "w > 0", False)
            self._paint_line(painter, SIDE if is_stacked else first + 20, y, c.negative, "w < 0", True)
            self._paint_conditions(painter, first + 16, y)
            zoom = f"{self.zoom} %"
            x = self.width() - SIDE - text_width(zoom, style.CONTROL, 400)
            self._paint_words(painter, x, y, zoom, c.muted, 400)
            if self.below[0]:
                wide = 6 + text_width(BELOW, style.CONTROL, 400) + text_width(self.below[0], style.CONTROL)
                self._paint_below(painter, x - 24 - wide, y)

    def _paint_conditions(self, painter: QPainter, x: float, y: float) -> None:
        """Two of the signs above each other, a third one beside them."""
        for index, condition in enumerate(self.conditions):
            top = y - LINE if index == 0 and len(self.conditions) > 1 else y
            paint_sign(painter, QRectF(x, top + 1, LINE - 2, LINE - 2), condition, style.colors().text)
            words, muted = condition.value, style.colors().muted
            end = self._paint_words(painter, x + LINE + 2, top, words, muted, 400)
            x = end + 14 if index == 1 else x

    def _paint_below(self, painter: QPainter, x: float, y: float) -> None:
        """What the number below a weight is."""
        words, into = self.below
        c = style.colors()
        end = self._paint_words(painter, x, y, BELOW, c.muted, 400)
        self._paint_words(painter, end + 6, y, words, c.phase(into)[0], 600)

    def _paint_line(
        self, painter: QPainter, x: float, y: float, color: str, words: str, has_bar: bool
    ) -> float:
        middle = y + LINE / 2
        painter.setPen(QPen(QColor(color), 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x, middle), QPointF(x + SAMPLE, middle))
        if has_bar:
            painter.setPen(QPen(QColor(color), 2.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(x + SAMPLE, middle - 6), QPointF(x + SAMPLE, middle + 6))
        return self._paint_words(painter, x + SAMPLE + GAP, y, words, style.colors().muted, 400)

    def _paint_words(
        self, painter: QPainter, x: float, y: float, words: str, color: str, weight: int
    ) -> float:
        """Words on a plate of the canvas, so that what lies below does not disturb them."""
        width = text_width(words, style.CONTROL, weight)
        room = QRectF(x, y, width + 2, LINE)
        painter.fillRect(room.adjusted(-3, 0, 3, 0), style.with_alpha(style.colors().canvas, 0.75))
        painter.setFont(style.font(style.CONTROL, weight))
        painter.setPen(QColor(color))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, words)
        return x + width
