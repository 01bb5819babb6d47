"""The notes' table of three networks, painted: what their layers give beside what the notes print."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.lessons.architectures import ROWS, Architecture, Figure
from nnviz.ui import style

LABELS, LEAST_COLUMN = 126, 292
HEADER, SECOND, ROW = 34, 24, 33
DERIVED, GAP, BAR = 122, 16, 3  # where the derived figures of a column end, and how far the notes' stand off
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ArchitectureTable(QWidget):
    """A column a network; the chosen one stands on a ground of its own. A click or ← and → choose another."""

    chosen = Signal(int)

    def __init__(self, networks: Sequence[Architecture]) -> None:
        super().__init__()
        self.networks = networks
        self.current = 0
        self._pointed: int | None = None
        self.setFixedHeight(HEADER + SECOND + ROW * (1 + len(ROWS)) + 4)
        self.setMinimumWidth(LABELS + LEAST_COLUMN * len(networks))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Three networks compared")
        self._tell()
        style.theme().changed.connect(self.update)

    def choose(self, index: int) -> None:
        """Choose a network by its column."""
        if index != self.current and 0 <= index < len(self.networks):
            self.current = index
            self._tell()
            self.update()
            self.chosen.emit(index)

    def column(self, index: int) -> QRectF:
        """The place of a network's column."""
        width = (self.width() - LABELS) / len(self.networks)
        return QRectF(LABELS + index * width, 0, width, self.height())

    def column_at(self, position: QPoint) -> int | None:
        """The network under a point."""
        return next((i for i in range(len(self.networks)) if self.column(i).contains(position)), None)

    def row_rect(self, row: int, column: QRectF) -> QRectF:
        """The place of a row in a column; the task is row 0."""
        return QRectF(column.left(), HEADER + SECOND + row * ROW, column.width(), ROW)

    def _tell(self) -> None:
        """The chosen column, for those who hear the table."""
        network = self.networks[self.current]
        figures = (
            f"{one.name} {one.derived}, notes {one.published}, {one.verdict}" for one in network.figures
        )
        self.setAccessibleDescription("\n".join([network.title, network.task, *figures]))

    def _paint_labels(self, painter: QPainter) -> None:
        c, labels = style.colors(), QRectF(0, 0, LABELS, self.height())
        painter.setFont(style.font(style.HEADING, 600))
        for row, name in enumerate(("task", *ROWS)):
            rect = self.row_rect(row, labels)
            painter.setPen(QColor(c.text))
            painter.drawText(rect.adjusted(4, 0, 0, 0), LEFT, name.capitalize())
            painter.setPen(QColor(c.line))
            painter.drawLine(0, round(rect.top()), self.width(), round(rect.top()))

    def _paint_ground(self, painter: QPainter, index: int) -> None:
        c, rect = style.colors(), self.column(index).adjusted(0, 0, -6, 0)
        if index == self.current:
            painter.fillRect(rect, QColor(c.panel))
            bar = QColor(c.positive if self.hasFocus() else c.text)
            painter.fillRect(QRectF(rect.left(), 0, rect.width(), BAR), bar)
        elif index == self._pointed:
            painter.fillRect(QRectF(rect.left(), 0, rect.width(), BAR), QColor(c.line))

    def _paint_network(self, painter: QPainter, index: int) -> None:
        c, network, column = style.colors(), self.networks[index], self.column(index)
        painter.setPen(QColor(c.text))
        painter.setFont(style.font(style.TITLE, 600))
        painter.drawText(QRectF(column.left() + 12, BAR, column.width(), HEADER - BAR), LEFT, network.title)
        second = QRectF(column.left(), HEADER, column.width(), SECOND)
        self._paint_pair(painter, second, "from its layers", "in the notes")
        painter.setFont(style.font(style.HEADING))
        painter.setPen(QColor(c.text))
        painter.drawText(self.row_rect(0, column).adjusted(12, 0, 0, 0), LEFT, network.task)
        for row, figure in enumerate(network.figures, 1):
            self._paint_figure(painter, self.row_rect(row, column), figure)

    def _paint_figure(self, painter: QPainter, rect: QRectF, figure: Figure) -> None:
        c = style.colors()
        painter.setFont(style.font(16, 600))
        painter.setPen(QColor(c.text))
        painter.drawText(QRectF(rect.left(), rect.top(), DERIVED, rect.height()), RIGHT, figure.derived)
        painter.setFont(style.font(style.CONTROL, 400 if figure.agrees else 600))
        painter.setPen(QColor(c.muted if figure.agrees else c.text))
        place = rect.adjusted(DERIVED + GAP, 0, 0, 0)
        painter.drawText(place, LEFT, f"{figure.published}, {figure.verdict}")

    def _paint_pair(self, painter: QPainter, rect: QRectF, derived: str, published: str) -> None:
        painter.setFont(style.font(style.CONTROL))
        painter.setPen(QColor(style.colors().muted))
        painter.drawText(QRectF(rect.left(), rect.top(), DERIVED, rect.height()), RIGHT, derived)
        painter.drawText(rect.adjusted(DERIVED + GAP, 0, 0, 0), LEFT, published)

    def _point(self, index: int | None) -> None:
        if index != self._pointed:
            self._pointed = index
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if index is not None else Qt.CursorShape.ArrowCursor
            )
            self.update()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(1120, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            for index in range(len(self.networks)):
                self._paint_ground(painter, index)
            self._paint_labels(painter)
            for index in range(len(self.networks)):
                self._paint_network(painter, index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.column_at(event.position().toPoint())
        if index is not None and event.button() is Qt.MouseButton.LeftButton:
            self.choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.column_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self.current + step)
