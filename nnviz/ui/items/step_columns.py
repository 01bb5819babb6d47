"""What stands around the numbers of an unrolled network: cards, letters, arrows, the strip of all steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnviz.engine.outline import Pass
from nnviz.ui import style
from nnviz.ui.items.number import is_seen, not_yet_pen
from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.steps import LETTER, ColumnsPlace
from nnviz.ui.picture.steps_parts import Column, Handed, StepsPicture

THIN, THICK, LIT = 1.6, 3.4, 4.0
HEAD, THICK_HEAD = 6.0, 10.0
STUB = 30.0  # what comes from, or leads to, a step that is out of sight
APART = 13.0  # between the arrows of two states
CENTER = Qt.AlignmentFlag.AlignCenter
SMALLER = 0.72  # of the type of a letter: its index
LOWERED, LIFTED = 0.3, 0.24  # indices below and above, of the type of a letter
INDEX = re.compile("(≥?[₀-₉]+|[⁽⁾⁰¹²³⁴-⁹]+)")
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "0123456789()")
DIGITS = RAISED | str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


class ColumnsItem(QGraphicsItem):
    """Everything of the columns but their numbers, kept as a picture while these change."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: StepsPicture | None = None
        self._place: ColumnsPlace | None = None
        self._bounds = QRectF()
        self._looks: tuple[object, ...] = (None,)
        self._frame: object = None
        self.setZValue(0)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def show_columns(self, picture: StepsPicture, place: ColumnsPlace, width: float) -> None:
        self._picture, self._place = picture, place
        bounds = QRectF(0, 0, width, place.bottom)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        before, self._looks = self._looks, (_look(picture), *_looks(picture))
        frame, self._frame = self._frame, (place, len(picture.columns), style.colors())
        if self._frame != frame or self._looks[0] != before[0]:
            self.update()
            return
        areas = [self._strip_area(), *map(self._area, range(len(picture.columns)))]
        for area, old, new in zip(areas, before[1:], self._looks[1:], strict=True):
            if old != new:
                self.update(area)

    def _area(self, index: int) -> QRectF:
        """A column with what leads to it from both sides."""
        assert self._place is not None
        cards = self._place.cards
        left = cards[index - 1].right if index else cards[0].x - STUB - 20
        right = cards[index + 1].x if index + 1 < len(cards) else cards[-1].right + STUB + 20
        return QRectF(left - 3, cards[index].y - 4, right - left + 6, cards[index].height + 8)

    def _strip_area(self) -> QRectF:
        strip = self._place.strip if self._place is not None else None
        return QRectF() if strip is None else QRectF(*strip.grown(6))

    def step_at(self, point: QPointF) -> int | None:
        """The step whose card, or whose place on the strip of all steps, is at a point of the scene."""
        if self._picture is None or self._place is None:
            return None
        for column, card in zip(self._picture.columns, self._place.cards, strict=True):
            if QRectF(*card).contains(point):
                return column.step
        strip, steps = self._place.strip, len(self._picture.done)
        if strip is None or not QRectF(*strip.grown(6)).contains(point):
            return None
        return min(max(int((point.x() - strip.x) / strip.width * steps), 0), steps - 1)

    def row_at(self, point: QPointF) -> int | None:
        """The row of a column, counted from below and one that it has, nearest to a point of its card."""
        if self._picture is None or self._place is None:
            return None
        place = self._place
        for column, boxes, card in zip(self._picture.columns, place.boxes, place.cards, strict=True):
            if QRectF(*card).contains(point):
                rows = [row for row, vector in enumerate(column.vectors) if vector is not None]
                return min(rows, key=lambda row: abs(boxes[row].center.y - point.y()), default=None)
        return None

    # Painting

    def _paint_card(self, painter: QPainter, column: Column, card: Box, into: Pass | None) -> None:
        c = style.colors()
        hue, tint = c.phase(into)
        rect = QRectF(*card)
        painter.setBrush(QColor(tint) if column.is_current else QColor(c.canvas))
        pen = QPen(QColor(hue if column.is_current else c.outline if column.is_open else c.line))
        pen.setWidthF(2.4 if column.is_current else 1.8 if column.is_open else 1.2)
        painter.setPen(pen)
        painter.drawRoundedRect(rect, 9, 9)
        painter.setPen(QColor(hue if column.is_current else c.muted))
        painter.setFont(style.font(13, 600 if column.is_current or column.is_open else 500))
        title = f"t = {column.step + 1}" + (", over" if column.is_over else "")
        painter.drawText(QRectF(rect.left(), rect.top() + 1, rect.width(), 20), CENTER, title)

    def _paint_letters(self, painter: QPainter, index: int, column: Column) -> None:
        """The name of every row at its left; above that of an answer the name of its target."""
        assert self._place is not None and self._picture is not None
        for row, (vector, box) in enumerate(zip(column.vectors, self._place.boxes[index], strict=True)):
            if vector is None:
                continue
            lines = self._picture.rows[row].lines
            if not lines or (lines == 1 and column.read is not None):
                _paint_letter(painter, vector.letter, vector.sub, box, vector.is_begun)
            elif lines > 1 and column.answer is not None:
                high = self._place.cells[row][1]
                target, said = (
                    box._replace(height=high),
                    box._replace(y=box.y + high, height=box.height - high),
                )
                wanted = "t" + vector.letter[1:]  # as what is said, but for the letter
                _paint_letter(painter, wanted, vector.sub, target, column.answer.target is not None)
                _paint_letter(painter, vector.letter, vector.sub, said, vector.is_begun)

    def _paint_framed(self, painter: QPainter, index: int, column: Column) -> None:
        """A frame around what the bias under the pointer is added to."""
        assert self._place is not None and self._picture is not None
        if not self._picture.is_lit(column):
            return
        painter.setPen(QPen(QColor(style.colors().text), LIT - 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for row in self._picture.framed_rows:
            if column.vectors[row] is not None:
                rect = QRectF(*self._place.boxes[index][row].grown(3.5))
                painter.drawRoundedRect(rect, 5, 5)

    def _paint_rises(self, painter: QPainter, index: int, column: Column) -> None:
        """Arrows between the rows: up where a layer has read, down where an error has come back."""
        assert self._place is not None and self._picture is not None
        boxes, c = self._place.boxes[index], style.colors()
        shown = [(row, vector) for row, vector in enumerate(column.vectors) if vector is not None]
        for (below, _), (above, high) in zip(shown, shown[1:], strict=False):
            x = boxes[above].center.x
            bottom, top = QPointF(x, boxes[below].y - 1), QPointF(x, boxes[above].bottom + 1)
            if below in column.back:
                paint_arrow(painter, top, bottom, QColor(c.backward), THICK, 8.0)
            else:
                is_lit = above in self._picture.lit_rows and self._picture.is_lit(column)
                color = QColor(c.text if is_lit else c.outline if high.is_begun else c.not_yet)
                paint_arrow(painter, bottom, top, color, LIT if is_lit else THIN, HEAD, high.is_begun)

    def _paint_handed(self, painter: QPainter, handed: Handed) -> None:
        """An arrow from column to column, and the letter of what it carries."""
        assert self._place is not None and self._picture is not None
        line = self._line(handed)
        c = style.colors()
        if handed.is_lit:
            color, width, head = QColor(c.text), LIT, THICK_HEAD
        elif handed.is_back:
            color, width, head = QColor(c.backward), THICK, THICK_HEAD
        elif handed.is_new:
            color, width, head = QColor(c.forward), THICK, THICK_HEAD
        else:
            color, width, head = QColor(c.outline if handed.is_done else c.not_yet), THIN, HEAD
        start, end = line if not handed.is_back else line[::-1]
        paint_arrow(painter, start, end, color, width, head, handed.is_done)
        if handed.is_cut:
            _paint_cut(painter, end)
        painter.setPen(color if handed.is_done else QColor(c.not_yet))
        room = self._letter_room(handed, line)
        if room is not None:
            paint_symbol(painter, handed.letter, handed.sub, room, CENTER)

    def _letter_room(self, handed: Handed, line: tuple[QPointF, QPointF]) -> QRectF | None:
        """Above the arrow; with two of them one above and one below, or both above where rows are close."""
        assert self._picture is not None
        left, right, y = line[0].x(), line[1].x(), line[0].y()
        if right - left <= 22:
            return None
        is_one_of_two, half = len(self._letters(handed.row)) > 1, (right - left) / 2
        is_lower = is_one_of_two and handed.letter != "c"
        if is_one_of_two and len({one.row for one in self._picture.handed}) > 1:
            return QRectF(left + half if is_lower else left, y - 21 - (APART if is_lower else 0), half, 17)
        return QRectF(left - 8, y + 4 if is_lower else y - 21, right - left + 16, 17)

    def _letters(self, row: int) -> set[str]:
        assert self._picture is not None
        return {one.letter for one in self._picture.handed if one.row == row}

    def _line(self, handed: Handed) -> tuple[QPointF, QPointF]:
        """From one card to the next, at the height of the layer; stubs at both ends of the window."""
        assert self._place is not None and self._picture is not None
        cards, first = self._place.cards, self._picture.columns[0].step
        index = handed.step - first
        rows = self._place.boxes[0][handed.row]
        y = rows.center.y
        if len(self._letters(handed.row)) > 1:
            y += -APART / 2 if handed.letter == "c" else APART / 2
        left = cards[index].right if index >= 0 else max(4.0, cards[0].x - STUB)
        right = cards[index + 1].x if index + 1 < len(cards) else min(self._bounds.right() - 4, left + STUB)
        return QPointF(left + 1, y), QPointF(right - 1, y)

    def _paint_strip(self, painter: QPainter) -> None:
        """All steps of a long sequence, those in the window framed."""
        assert self._place is not None and self._picture is not None
        strip, picture, c = self._place.strip, self._picture, style.colors()
        if strip is None:
            return
        wide = strip.width / len(picture.done)
        current = {column.step for column in picture.columns if column.is_current}
        opened = {column.step for column in picture.columns if column.is_open}
        for step, done in enumerate(picture.done):
            room = QRectF(strip.x + step * wide + 1, strip.y, max(wide - 2, 1.0), strip.height)
            painter.setPen(Qt.PenStyle.NoPen if done else not_yet_pen())
            hue = c.phase(picture.into)[0] if step in current else c.forward_tint if done else c.canvas
            painter.setBrush(QColor(c.outline if step in opened - current else hue))
            painter.drawRoundedRect(room, 2, 2)
        steps = [column.step for column in picture.columns]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(c.outline), 1.6))
        left = strip.x + steps[0] * wide
        painter.drawRoundedRect(QRectF(left, strip.y - 3, len(steps) * wide, strip.height + 6), 4, 4)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._picture is None or self._place is None:
            return
        columns, cards = self._picture.columns, self._place.cards
        seen = [index for index in range(len(columns)) if is_seen(painter, self._area(index))]
        if is_seen(painter, self._strip_area()):
            self._paint_strip(painter)
        for index in seen:
            self._paint_card(painter, columns[index], cards[index], self._picture.into)
        for index in seen:
            self._paint_rises(painter, index, columns[index])
            self._paint_letters(painter, index, columns[index])
            self._paint_framed(painter, index, columns[index])
        steps = {columns[index].step for index in seen}
        for handed in self._picture.handed:
            if handed.step in steps or handed.step + 1 in steps:
                self._paint_handed(painter, handed)


def _look(picture: StepsPicture) -> object:
    """What all columns have in common."""
    return picture.rows, picture.lit_rows, picture.framed_rows, picture.lit_step


def _looks(picture: StepsPicture) -> Iterator[object]:
    """What is drawn on the strip of all steps, and of each column around its numbers."""
    marked = tuple((column.step, column.is_current, column.is_open) for column in picture.columns)
    yield picture.done, picture.into, marked
    for column in picture.columns:
        yield (
            (column.step, column.is_current and picture.into, column.is_current, column.is_open),
            (column.is_over, column.back, column.read is not None),
            tuple(v and (v.letter, v.sub, v.is_begun) for v in column.vectors),
            column.answer and column.answer.target is not None,
            tuple(one for one in picture.handed if one.step in (column.step - 1, column.step)),
        )


def _paint_letter(painter: QPainter, letter: str, sub: str, box: Box, is_known: bool) -> None:
    c = style.colors()
    painter.setPen(QColor(c.text if is_known else c.not_yet))
    room = QRectF(box.x - LETTER - 34, box.y, LETTER + 28, box.height)
    paint_symbol(painter, letter, sub, room, Qt.AlignmentFlag.AlignRight)


def _paint_cut(painter: QPainter, tip: QPointF) -> None:
    """Two strokes before the tip of an arrow: it goes no further."""
    painter.setPen(QPen(QColor(style.colors().text), 2.6))
    for x in (tip.x() - 9, tip.x() - 4):
        painter.drawLine(QPointF(x - 3, tip.y() + 10), QPointF(x + 3, tip.y() - 10))


def paint_symbol(
    painter: QPainter, letter: str, sub: str, room: QRectF, where: Qt.AlignmentFlag, pixels: float = 16.0
) -> None:
    """A letter in the formula font with its index, ∂E₂/∂h with the h in italics."""
    width, texts = _symbol(letter, sub, pixels)
    x = room.center().x() - width / 2 if where == CENTER else room.right() - width
    y = room.center().y()
    for left, down, font, text in texts:
        painter.setFont(font)
        painter.drawText(QPointF(x + left, y + down), text)


def symbol_width(letter: str, sub: str, pixels: float) -> float:
    """How wide `paint_symbol` paints."""
    return _symbol(letter, sub, pixels)[0]


@lru_cache(maxsize=2048)
def _symbol(
    letter: str, sub: str, pixels: float
) -> tuple[float, tuple[tuple[float, float, QFont, str], ...]]:
    """The width of a symbol, and its pieces: how far right and below the middle line each stands."""
    x, texts = 0.0, []
    for text, drop in _runs(letter, sub):
        font = style.math_font(SMALLER * pixels if drop else pixels)
        metrics = QFontMetricsF(font)
        texts.append((x, drop * pixels + (metrics.ascent() - metrics.descent()) / 2, font, text))
        x += metrics.horizontalAdvance(text)
    return x, tuple(texts)


@lru_cache(maxsize=1024)
def _runs(letter: str, sub: str) -> tuple[tuple[str, float], ...]:
    """The pieces of a symbol, and how far indices are lowered: as characters they are too small to read."""
    runs = []
    for piece in INDEX.split(letter):
        if INDEX.fullmatch(piece):
            runs.append((piece.translate(DIGITS), LOWERED if piece.translate(RAISED) == piece else -LIFTED))
        elif piece:
            runs.append((style.italic(piece), 0.0))
    return (*runs, (sub, LOWERED)) if sub else tuple(runs)


def paint_arrow(
    painter: QPainter,
    start: QPointF,
    end: QPointF,
    color: QColor,
    width: float,
    head: float,
    is_done: bool = True,
) -> None:
    """A line with a head; dotted where nothing has gone along it yet."""
    way = end - start
    length = max((way.x() ** 2 + way.y() ** 2) ** 0.5, 1.0)
    unit = way / length
    head = min(head, 0.7 * length)
    back = end - unit * head
    pen = QPen(color, width if is_done else 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    if not is_done:
        pen.setDashPattern([1.5, 2.5])
    painter.setPen(pen)
    painter.drawLine(start, back)
    side = QPointF(-unit.y(), unit.x()) * 0.55 * head
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([end, back + side, back - side]))
