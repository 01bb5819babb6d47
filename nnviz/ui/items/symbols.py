"""Symbols of a text: the one that a step reads, and the most probable ones that it says as bars."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnviz.ui import style
from nnviz.ui.items.number import TAG_RADIUS, NumberItem, Placed, is_readable, not_yet_pen, paint_tag
from nnviz.ui.layout.geometry import Box, as_share
from nnviz.ui.picture.steps_parts import Answer, Symbol

TYPE, FIGURES = 14.0, 12.2
SIGN = 16.0  # the room for a symbol before its bar
BAR_SHARE = 0.34  # of the hue in a bar, so that its number can be read on it
MARGIN = 14.0  # of what is selected, and of tags
CENTER = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SymbolsItem(NumberItem):
    """One symbol in a box, and below it what is said: for each symbol a bar with its probability.

    It is kept as a picture, since most of it is the same for many steps.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None
        self._answer = Answer(None, (), None)
        self._empty: tuple[Box, ...] = ()
        self.setZValue(2)
        self.setCacheMode(SymbolsItem.CacheMode.DeviceCoordinateCache)

    def show_symbol(self, symbol: Symbol | None, box: Box) -> None:
        """The symbol that is read."""
        self._show(Answer(symbol, (), None), (box,))

    def show_answer(self, answer: Answer, boxes: tuple[Box, ...]) -> None:
        """What is to be said in the first of the boxes, what is said in the others."""
        self._show(answer, boxes)

    def _show(self, answer: Answer, boxes: tuple[Box, ...]) -> None:
        shown = (answer, boxes, style.colors())
        if shown == self._shown:
            return
        self._shown, self._answer = shown, answer
        single, said = answer.target, answer.said[: len(boxes) - 1]
        first = [Placed(single.number, boxes[0], TYPE, radius=4.0)] if single is not None else []
        bars = [
            Placed(one.number, box, FIGURES, radius=2.0) for one, box in zip(said, boxes[1:], strict=False)
        ]
        self.placed = (*first, *bars)
        self._empty = (*boxes[: single is None], *boxes[1 + len(said) :])
        whole = QRectF(*boxes[0]).united(QRectF(*boxes[-1]))
        self.set_bounds(whole.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        self.update()

    # Painting

    def _paint_single(self, painter: QPainter, symbol: Symbol, placed: Placed) -> None:
        c, marked = style.colors(), placed.number.is_pointed or bool(placed.number.tag)
        painter.setBrush(QColor(c.grid))
        painter.setPen(QPen(QColor(c.text if marked else c.outline), 2.0 if marked else 1.4))
        rect = placed.rect.adjusted(0, 0, 0, -1)  # apart from what stands below
        painter.drawRoundedRect(rect, placed.radius, placed.radius)
        painter.setPen(QColor(c.text))
        painter.setFont(style.font(min(TYPE, placed.box.height - 2), 600))
        painter.drawText(rect, CENTER | Qt.TextFlag.TextDontClip, symbol.text)

    def _paint_bar(self, painter: QPainter, place: int, symbol: Symbol, placed: Placed) -> None:
        """Symbol, bar and number in one line; the target is reversed."""
        c, rect, number = style.colors(), placed.rect, placed.number
        sign = QRectF(rect.left(), rect.top() + 1, SIGN - 2, rect.height() - 2)
        bar = rect.adjusted(SIGN, 1, 0, -1)
        share = as_share(number.value or 0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.grid))
        painter.drawRect(bar)
        painter.setBrush(style.mixed(QColor(c.grid), QColor(c.forward), BAR_SHARE))
        painter.drawRect(QRectF(bar.left(), bar.top(), share * bar.width(), bar.height()))
        is_target = place == self._answer.right
        if is_target:
            painter.setBrush(QColor(c.forward))
            painter.drawRoundedRect(sign, 3, 3)
        painter.setFont(style.font(FIGURES + 0.5, 700 if is_target else 600))
        painter.setPen(QColor(c.on_fill if is_target else c.text))
        painter.drawText(sign, CENTER | Qt.TextFlag.TextDontClip, symbol.text)
        painter.setFont(style.font(FIGURES, 600))
        painter.setPen(QColor(c.text))
        painter.drawText(bar.adjusted(0, 0, -2, 0), RIGHT | Qt.TextFlag.TextDontClip, number.text)
        if symbol.is_new or number.is_pointed or number.tag:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(c.forward), 2.0))
            painter.drawRect(bar)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setPen(not_yet_pen())
        painter.setBrush(QColor(style.colors().canvas))
        for box in self._empty:
            painter.drawRoundedRect(QRectF(*box).adjusted(0, 1, 0, -1), 3, 3)
        answer, bars = self._answer, self.placed
        if answer.target is not None:
            self._paint_single(painter, answer.target, self.placed[0])
            bars = self.placed[1:]
        for place, (symbol, placed) in enumerate(zip(answer.said, bars, strict=False)):
            self._paint_bar(painter, place, symbol, placed)
        if answer.is_beyond and len(bars) == len(answer.said):
            line = bars[-1].rect
            painter.setPen(QPen(QColor(style.colors().muted), 1.2, Qt.PenStyle.DotLine))
            painter.drawLine(line.topLeft(), line.topRight())
        for placed in self.placed:
            _paint_marks(painter, placed)


def _paint_marks(painter: QPainter, placed: Placed) -> None:
    """The frame of what is selected, and the tag of a factor."""
    if placed.number.is_selected:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(style.colors().selection), 2.0))
        painter.drawRoundedRect(placed.rect.adjusted(-4, -3, 4, 3), 5, 5)
    if placed.number.tag and is_readable(painter, placed.pixels):
        beside = placed.box._replace(x=placed.box.right + 2 * TAG_RADIUS - 5)
        paint_tag(painter, replace(placed, box=beside, is_words=True))
