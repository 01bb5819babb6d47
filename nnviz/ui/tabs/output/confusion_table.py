"""How often which class is taken for which, as a table whose cells can be asked for their examples."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from nnviz.engine.numbers import counted
from nnviz.ui import style
from nnviz.ui.cells import paint_frame
from nnviz.ui.picture.answers import Confusion

HEAD, ROOM, LARGEST, SMALLEST = 20, 12, 46.0, 8.0
STRONGEST = 0.6  # of a full color, so that the number stays readable
Place = tuple[int, int]


class ConfusionTable(QWidget):
    """Rows are true classes, columns what the network says; right on the diagonal. A click opens a cell."""

    opened = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.confusion: Confusion | None = None
        self.open_cell: Place | None = None
        self._hovered: Place | None = None
        self.setMouseTracking(True)
        self.setMinimumHeight(120)
        self.setAccessibleName("Confusion matrix: true classes in rows, predicted ones in columns")

    def show_confusion(self, confusion: Confusion | None, open_cell: Place | None) -> None:
        """Other counts; the open cell is framed."""
        self.confusion, self.open_cell = confusion, open_cell
        self.update()

    # Where things stand

    def rect_of(self, row: int, column: int) -> QRectF:
        """A cell of the table."""
        left, side, high = self._left(), *self._sides()
        return QRectF(left + column * side, 2 * HEAD + row * high, side, high)

    def cell_at(self, at: QPointF) -> Place | None:
        """The cell under a point."""
        if self.confusion is None:
            return None
        rows, columns = self.confusion.counts.shape
        first, last = self.rect_of(0, 0), self.rect_of(rows - 1, columns - 1)
        if not first.united(last).contains(at):
            return None
        column, row = (at.x() - first.left()) / first.width(), (at.y() - first.top()) / first.height()
        return min(int(row), rows - 1), min(int(column), columns - 1)

    def _left(self) -> float:
        """Where the cells start: behind the word “true” and the names of the rows."""
        assert self.confusion is not None
        metrics = QFontMetricsF(style.font(style.CAPTION))
        widest = max(metrics.horizontalAdvance(name) for name in self.confusion.names)
        return min(widest, 0.28 * self.width()) + HEAD + 10

    def _sides(self) -> tuple[float, float]:
        """Width and height of a cell."""
        assert self.confusion is not None
        rows, columns = self.confusion.counts.shape
        wide = (self.width() - self._left() - ROOM) / columns
        high = (self.height() - 2 * HEAD - 4) / rows
        largest = LARGEST if rows > 4 else 1.7 * LARGEST
        return max(SMALLEST, min(wide, largest)), max(SMALLEST, min(high, wide, 0.8 * largest, 1.4 * LARGEST))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.confusion is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_heads(painter, self.confusion)
            rows, columns = self.confusion.counts.shape
            for row in range(rows):
                for column in range(columns):
                    self._paint_cell(painter, row, column)
            for place, color in (
                (self._hovered, style.colors().outline),
                (self.open_cell, style.colors().selection),
            ):
                if place is not None and place[0] < rows and place[1] < columns:
                    paint_frame(painter, self.rect_of(*place), color)

    def _paint_heads(self, painter: QPainter, confusion: Confusion) -> None:
        c, middle = style.colors(), Qt.AlignmentFlag.AlignCenter
        painter.setFont(style.font(style.CAPTION))
        first = self.rect_of(0, 0)
        last = self.rect_of(len(confusion.names) - 1, len(confusion.columns) - 1)
        painter.setPen(QColor(c.muted))
        painter.drawText(QRectF(first.left(), 0, last.right() - first.left(), HEAD), middle, "predicted")
        painter.save()
        painter.translate(HEAD / 2, (first.top() + last.bottom()) / 2)
        painter.rotate(-90)
        painter.drawText(QRectF(-60, -HEAD / 2, 120, HEAD), middle, "true")
        painter.restore()
        painter.setPen(QColor(c.text))
        for column, name in enumerate(confusion.columns):
            rect = self.rect_of(0, column)
            self._paint_name(painter, QRectF(rect.left(), HEAD, rect.width(), HEAD), name, middle)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, name in enumerate(confusion.names):
            rect = self.rect_of(row, 0)
            beside = QRectF(HEAD, rect.top(), rect.left() - HEAD - 6, rect.height())
            self._paint_name(painter, beside, name, right)

    def _paint_name(self, painter: QPainter, rect: QRectF, name: str, align: Qt.AlignmentFlag) -> None:
        mode = Qt.TextElideMode.ElideRight
        if rect.height() >= 10:
            painter.drawText(rect, align, painter.fontMetrics().elidedText(name, mode, round(rect.width())))

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        assert self.confusion is not None
        c, rect = style.colors(), self.rect_of(row, column)
        count, total = int(self.confusion.counts[row, column]), int(self.confusion.counts[row].sum())
        share = STRONGEST * (count / total) ** 0.6 if count else 0.0
        full = c.positive if row == column else c.negative
        painter.fillRect(rect, style.mixed(QColor(c.panel), QColor(full), share))
        painter.setPen(QColor(c.line))
        painter.drawRect(rect)
        painter.setFont(style.font(style.CONTROL, 600 if count else 400))
        text = f"{count:,}"
        if painter.fontMetrics().horizontalAdvance(text) <= rect.width() - 2 and rect.height() >= 13:
            painter.setPen(QColor(c.text if count else c.not_yet))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    # Qt

    def tip(self, at: QPointF) -> str:
        """A cell in words."""
        cell = self.cell_at(at)
        if cell is None or self.confusion is None:
            return ""
        true, said = self.confusion.names[cell[0]], self.confusion.columns[cell[1]]
        count = counted(int(self.confusion.counts[cell]), "example")
        if cell[1] >= len(self.confusion.names):
            return f"{count} of class {true} undecided"
        return f"{count} of class {true} taken for {'what it is' if cell[0] == cell[1] else said}"

    def sizeHint(self) -> QSize:
        return QSize(350, 260)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and cell is not None:
            self.opened.emit(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if cell else Qt.CursorShape.ArrowCursor)
        if cell != self._hovered:
            self._hovered = cell
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            QToolTip.showText(event.globalPos(), self.tip(QPointF(event.pos())), self)
            return True
        return super().event(event)
