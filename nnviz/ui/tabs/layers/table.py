"""Rows of layers with their figures in three columns, painted: what the view of the layers is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.engine.stage import Pass
from nnviz.ui import style
from nnviz.ui.cells import text_width
from nnviz.ui.tabs.layers.picture import Row

LEFT, RIGHT, GAP, PADDING, BAR = 18, 14, 14, 7, 4
HEADINGS = ("units", "parameters", "connections")
ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Look(Enum):
    """The kinds of lines: pixels of their type, weight, and height."""

    TITLE = (style.HEADING, 600, 22)
    KIND = (style.CONTROL, 400, 19)
    FIGURES = (15, 600, 23)
    DENSE = (style.CONTROL, 400, 19)
    WORKING = (style.CONTROL, 400, 19)

    @property
    def pixels(self) -> float:
        return self.value[0]

    @property
    def weight(self) -> int:
        return self.value[1]

    @property
    def height(self) -> int:
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a row: what stands at its left end, at its right end, and under the columns."""

    look: Look
    left: str = ""
    right: str = ""
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide each column is, so that the figures of all rows stand under each other."""

    widths: tuple[float, ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Columns:
        widths = [text_width(heading, Look.KIND.pixels) for heading in HEADINGS]
        for row in rows:
            for look, texts in (
                (Look.FIGURES, row.figures),
                (Look.DENSE, row.dense),
                (Look.DENSE, row.saved),
            ):
                for i, text in enumerate(texts or ()):
                    widths[i] = max(widths[i], text_width(text, look.pixels, look.weight))
        return cls(tuple(widths))

    def rects(self, top: float, height: float, end: float) -> list[QRectF]:
        """The places of a line's figures, the last of them ending at `end`."""
        right, found = end, []
        for wide in reversed(self.widths):
            found.append(QRectF(right - wide, top, wide, height))
            right -= wide + GAP
        return found[::-1]


def lines_of(row: Row, end: float, is_open: bool) -> list[Line]:
    """A row line by line, long texts broken before `end`; `is_open` adds how it is counted."""
    room = end - LEFT
    lines = [Line(Look.TITLE, row.title, row.output)] if row.kind else []
    lines += [Line(Look.KIND, text) for text in broken(row.kind, room, Look.KIND)]
    lines.append(Line(Look.FIGURES, "" if row.kind else row.title, figures=row.figures))
    if row.dense is not None:
        lines.append(Line(Look.DENSE, "if dense", figures=("", *row.dense[1:])))
        lines.append(Line(Look.DENSE, "ratio", figures=row.saved or ()))
    if is_open:
        texts = [text for one in row.working for text in broken(one, room, Look.WORKING)]
        lines += [Line(Look.WORKING, text) for text in texts]
    return lines


def broken(text: str, room: float, look: Look) -> list[str]:
    """A text in lines no wider than the room, broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, look.pixels, look.weight) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


class LayerTable(QWidget):
    """The rows, one under the other. A click opens a row: below its figures stands how they are counted.

    Text ends at `end`, whether a scroll bar narrows the table or not: so columns stand under their headings.
    """

    opened = Signal(str)  # scope

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Row] = ()
        self.columns = Columns(())
        self.open_scope = ""
        self.current = ""
        self.into: Pass | None = None
        self.end = 350 - RIGHT
        self._pointed = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_rows(self, rows: Sequence[Row], columns: Columns) -> None:
        """Show the layers of another network."""
        self.rows, self.columns = rows, columns
        self.open_scope = self.current = self._pointed = ""
        self.setAccessibleDescription("\n\n".join(row.text for row in rows))
        self._fit()

    def set_end(self, end: int) -> None:
        """Where text ends."""
        self.end = end
        self._fit()

    def mark(self, scope: str, into: Pass | None) -> bool:
        """Mark the layer at work in the hue of its pass; whether it is another one than before."""
        is_other, was_other = scope != self.current, into is not self.into
        self.current, self.into = scope, into
        if is_other or was_other:
            self.update()
        return is_other

    def rect_of(self, scope: str) -> QRectF | None:
        """Where a row stands."""
        return next((rect for row, rect, _ in self._placed() if row.scope == scope), None)

    def row_at(self, position: QPoint) -> Row | None:
        return next((row for row, rect, _ in self._placed() if rect.contains(position)), None)

    def _placed(self) -> list[tuple[Row, QRectF, list[Line]]]:
        placed, top = [], 0.0
        for row in self.rows:
            lines = lines_of(row, self.end, bool(row.working) and row.scope == self.open_scope)
            height = sum(line.look.height for line in lines) + 2 * PADDING
            placed.append((row, QRectF(0, top, self.width(), height), lines))
            top += height
        return placed

    def _fit(self) -> None:
        placed = self._placed()
        self.setFixedHeight(round(placed[-1][1].bottom()) if placed else 0)
        self.update()

    def _toggle(self, row: Row) -> None:
        if not row.working:
            return
        self.open_scope = "" if self.open_scope == row.scope else row.scope
        self._fit()
        self.opened.emit(row.scope)

    def _paint_ground(self, painter: QPainter, row: Row, rect: QRectF) -> None:
        c = style.colors()
        if row.scope and row.scope == self.current:
            hue, tint = c.phase(self.into)
            painter.fillRect(rect, QColor(tint))
            painter.fillRect(QRectF(rect.left(), rect.top(), BAR, rect.height()), QColor(hue))
        elif row.scope and row.scope == self._pointed:
            painter.fillRect(rect, QColor(c.grid))
        painter.setPen(QColor(c.line))
        edge = round(rect.bottom()) - 1 if row.kind else 0
        painter.drawLine(LEFT if row.kind else 0, edge, self.end if row.kind else self.width(), edge)

    def _paint_line(self, painter: QPainter, line: Line, top: float) -> None:
        c, look = style.colors(), line.look
        is_strong = look in (Look.TITLE, Look.FIGURES)
        rect = QRectF(LEFT, top, self.end - LEFT, look.height)
        painter.setFont(style.font(look.pixels, look.weight))
        painter.setPen(QColor(c.text if is_strong or look is Look.WORKING else c.muted))
        painter.drawText(rect, ALIGN_LEFT, line.left)
        painter.drawText(rect, ALIGN_RIGHT, line.right)
        places = self.columns.rects(top, look.height, self.end)
        for text, place in zip(line.figures, places, strict=False):
            painter.drawText(place, ALIGN_RIGHT, text)

    def _point(self, scope: str) -> None:
        if scope != self._pointed:
            self._pointed = scope
            self.update()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(350, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            for row, rect, lines in self._placed():
                if not rect.intersects(QRectF(event.rect())):
                    continue
                self._paint_ground(painter, row, rect)
                top = rect.top() + PADDING
                for line in lines:
                    self._paint_line(painter, line, top)
                    top += line.look.height

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row is not None and event.button() is Qt.MouseButton.LeftButton:
            self._toggle(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        self._point(row.scope if row is not None else "")
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if row and row.working else Qt.CursorShape.ArrowCursor
        )

    def leaveEvent(self, event: QEvent) -> None:
        self._point("")

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            row = self.row_at(event.pos())
            QToolTip.showText(event.globalPos(), "\n".join(row.working) if row else "", self)
            return True
        return super().event(event)
