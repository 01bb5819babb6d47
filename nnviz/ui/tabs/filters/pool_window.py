"""How a pooled number comes about: its window with the winner marked, an arrow, and the number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.engine.graph import PoolingLayer
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Cell, Pooling
from nnviz.engine.ops.pooling import AveragePool
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.cells import number_width, paint_cell, paint_frame
from nnviz.ui.number_board import NumberBoard

HEIGHT, NARROWEST, ROOM, MARGIN, ARROW, PLAIN = 32, 38, 12, 4, 64, 18
MOST_WHOLE = 6  # maps of up to so many rows and columns are drawn whole
CORNER = 8


class PoolWindow(NumberBoard):
    """The window of one pooled cell; a small map whole, with all its windows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer: PoolingLayer | None = None
        self.cell_at: Cell = (0, 0, 0)
        self._width, self._height = float(NARROWEST), float(HEIGHT)
        self._is_whole = False
        self.setAccessibleName("Pooling window")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_layer(self, layer: PoolingLayer) -> None:
        self.layer, self.cell_at, self.at, self.moment = layer, (0, 0, 0), None, None

    def show_window(self, moment: Moment, digits: int, cell: Cell) -> None:
        """The window of a pooled cell (map, row, column)."""
        if cell != self.cell_at:
            self.abandon()
        self.cell_at = cell
        self.show_numbers(moment, digits)
        self._fit()

    @property
    def op(self) -> Pooling:
        assert self.layer is not None and isinstance(self.layer.a.op, Pooling)
        return self.layer.a.op

    @property
    def is_whole(self) -> bool:
        """Whether the whole map is drawn and not only the window."""
        return self._is_whole

    def window_of(self, cell: Cell) -> list[Cell]:
        """The cells that a pooled cell looks at."""
        assert self.layer is not None
        return self.op.window(cell, self.layer.x.shape)

    def winner(self, cell: Cell) -> Cell | None:
        """The cell that made a pooled number: the first of the largest, once the number is computed."""
        assert self.layer is not None and self.moment is not None
        known = self.moment.array(self.layer.x.scope)
        if isinstance(self.op, AveragePool) or known is None or self.moment.value(self._out(cell)) is None:
            return None
        x = known.array[self.moment.row]
        return next((one for one in self.window_of(cell) if self.op.slope(cell, one, x) == 1.0), None)

    # Where everything stands

    def placed(self) -> Iterator[tuple[Ref, QRectF]]:
        if self.layer is None:
            return
        for cell in self._read():
            yield Ref(self.layer.x.scope, cell=cell), self._in_rect(cell)
        for cell in self._made():
            yield self._out(cell), self._out_rect(cell)

    def _out(self, cell: Cell) -> Ref:
        assert self.layer is not None
        return Ref(self.layer.a.scope, cell=cell)

    def _read(self) -> list[Cell]:
        assert self.layer is not None
        if not self._is_whole:
            return self.window_of(self.cell_at)
        return [(self.cell_at[0], r, c) for r, c in np.ndindex(self.layer.x.shape[1:])]

    def _made(self) -> list[Cell]:
        assert self.layer is not None
        if not self._is_whole:
            return [self.cell_at]
        return [(self.cell_at[0], r, c) for r, c in np.ndindex(self.layer.a.shape[1:])]

    def _sizes(self) -> tuple[Cell, Cell]:
        """Rows and columns of what is read and of what is made."""
        assert self.layer is not None
        return (self.layer.x.shape[1:], self.layer.a.shape[1:]) if self._is_whole else (self.op.size, (1, 1))

    def _in_rect(self, cell: Cell) -> QRectF:
        corner = (0, 0) if self._is_whole else self.window_of(self.cell_at)[0][1:]
        r, c = cell[1] - corner[0], cell[2] - corner[1]
        return QRectF(MARGIN + c * self._width, MARGIN + r * self._height, self._width, self._height)

    def _out_rect(self, cell: Cell) -> QRectF:
        (rows, columns), (out_rows, _) = self._sizes()
        left = MARGIN + columns * self._width + ARROW
        top = MARGIN + max(0.0, rows * self._height - out_rows * HEIGHT) / 2
        r, c = cell[1:] if self._is_whole else (0, 0)
        width = max(self._width, NARROWEST)
        return QRectF(left + c * width, top + r * HEIGHT, width, HEIGHT)

    def _fit(self) -> None:
        """Cells as wide as their numbers ask for; the whole map where it is small enough."""
        if self.layer is None or self.moment is None:
            return
        small = max(*self.layer.x.shape[1:], 1) <= MOST_WHOLE
        self._is_whole = small
        self._width, self._height = self._widest(), float(HEIGHT)
        if small and self._needed() > self.width():
            self._is_whole, self._width = False, self._widest()
        if self._needed() > self.width():
            self._width = self._height = float(PLAIN)
        (rows, _), (out_rows, _) = self._sizes()
        self.setFixedHeight(round(max(rows * self._height, out_rows * HEIGHT)) + 2 * MARGIN)
        self.update()

    def _widest(self) -> float:
        """The width that the numbers need."""
        assert self.layer is not None
        refs = [Ref(self.layer.x.scope, cell=cell) for cell in self._read()]
        refs += [self._out(cell) for cell in self._made()]
        return float(round(max([NARROWEST, *(number_width(self.text_of(ref)) + ROOM for ref in refs)])))

    def _needed(self) -> float:
        (_, columns), (_, out_columns) = self._sizes()
        return 2 * MARGIN + (columns + out_columns) * self._width + ARROW

    # Painting

    def _paint_windows(self, painter: QPainter) -> None:
        c = style.colors()
        is_tiled = self.op.stride >= self.op.size
        for cell in self._made() if is_tiled else ():
            paint_frame(painter, self._window_rect(cell), c.outline, 1.8)
        paint_frame(painter, self._window_rect(self.cell_at), c.text, 1.8 if is_tiled else 2.4)
        for cell in self._made() if is_tiled else (self.cell_at,):
            winner = self.winner(cell)
            if winner is not None:
                self._paint_winner(painter, self._in_rect(winner))

    def _window_rect(self, cell: Cell) -> QRectF:
        cells = self.window_of(cell)
        return self._in_rect(cells[0]).united(self._in_rect(cells[-1]))

    def _paint_winner(self, painter: QPainter, rect: QRectF) -> None:
        hue = style.colors().forward
        inside = rect.adjusted(1.2, 1.2, -1.2, -1.2)
        paint_frame(painter, inside, hue, 2.4)
        corner = inside.topRight()
        triangle = [corner, corner - QPointF(CORNER, 0), corner + QPointF(0, CORNER)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(hue))
        painter.drawPolygon(QPolygonF(triangle))

    def _paint_arrow(self, painter: QPainter) -> None:
        c, ((rows, columns), _) = style.colors(), self._sizes()
        left = MARGIN + columns * self._width + 10
        y = MARGIN + max(rows * self._height, HEIGHT) / 2
        end = left + ARROW - 20
        painter.setPen(QPen(QColor(c.outline), 1.8))
        painter.drawLine(QPointF(left, y), QPointF(end - 6, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.outline))
        painter.drawPolygon(QPolygonF([QPointF(end, y), QPointF(end - 8, y - 4), QPointF(end - 8, y + 4)]))
        painter.setPen(QColor(c.text))
        painter.setFont(style.font(style.CAPTION, 600))
        word = QRectF(left - 8, y - 22, ARROW - 4, 18)
        painter.drawText(word, Qt.AlignmentFlag.AlignCenter, self.op.symbol)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.moment is None or self.layer is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            winners = {self.winner(cell) for cell in self._made()}
            for ref, rect in self.placed():
                is_read = ref.scope == self.layer.x.scope
                tone = "forward" if not is_read or ref.cell in winners else "plain"
                cell = self.cell(ref, tone)
                if is_read and self._height < HEIGHT and cell.text:
                    painter.setPen(QColor(style.colors().line))
                    painter.setBrush(QColor(style.colors().panel))
                    painter.drawRect(rect)
                else:
                    paint_cell(painter, rect, cell)
            self._paint_windows(painter)
            self._paint_arrow(painter)
            self.paint_marks(painter)
