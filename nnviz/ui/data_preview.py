"""What chosen data looks like: points in the plane, a curve, or the columns of a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHeaderView,
    QPlainTextEdit,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from nnviz.engine.formula import constant
from nnviz.engine.ops.base import Array
from nnviz.lessons.composing import Facts
from nnviz.lessons.records import Column
from nnviz.ui import style
from nnviz.ui.markers import hue, paint_marker

MARGIN = 14
CURVE = -1  # the class of points that have none
MOST_COLUMNS, MOST_WORDS = 200, 4
MOST_LINES, MOST_SYMBOLS = 60, 4_000
PADDING = "QTableWidget::item { padding: 0 8px; } QHeaderView::section { padding: 6px 11px; }"
HEADS = ("Column", "Holds", "Range or classes", "Missing")


class Points(QWidget):
    """Points of classes, each with the color and the shape that it has in the tab Output, or of a curve."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points, self.labels = np.zeros((0, 2)), np.zeros(0, dtype=int)
        self.setAccessibleName("The data")
        style.theme().changed.connect(self.update)

    def show_points(self, points: Array, labels: Array) -> None:
        """Points (N, 2) with the number of the class of each."""
        self.points, self.labels = points, labels.astype(int)
        self.update()

    def place_of(self, point: Sequence[float] | Array) -> QPointF:
        """Where a point is drawn."""
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        scale = np.maximum(high - low, 1e-12)
        if len(set(self.labels.tolist())) > 1:  # a plane, whose directions are alike; a curve fills its frame
            scale = np.full(2, scale.max())
        room = self._room()
        share = (np.asarray(point) - (low + high) / 2) / scale
        side = np.array([room.width(), room.height()])
        if len(set(self.labels.tolist())) > 1:
            side = np.full(2, side.min())
        center = room.center()
        return QPointF(center.x() + share[0] * side[0], center.y() - share[1] * side[1])

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = style.colors()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(c.line), 1.0))
            painter.setBrush(QColor(c.canvas))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)
            for point, label in zip(self.points, self.labels, strict=True):
                color = QColor(hue(label) if label >= 0 else c.training)
                paint_marker(painter, self.place_of(point), int(label), color, False, c.canvas)


class DataPreview(QStackedWidget):
    """Points where there are two numbers to draw, the columns and what they hold, or lines of text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points, self.table = Points(), QTableWidget(0, len(HEADS))
        self.table.setHorizontalHeaderLabels(list(HEADS))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setFont(style.font(style.CONTROL))
        self.table.horizontalHeader().setFont(style.font(style.CAPTION))
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.setShowGrid(False)
        self.table.setStyleSheet(PADDING)
        self.table.setAccessibleName("Columns of the data")
        self.lines = QPlainTextEdit()
        self.lines.setReadOnly(True)
        self.lines.setFont(style.font(style.CONTROL))
        self.lines.setAccessibleName("The text")
        for page in (self.points, self.table, self.lines):
            self.addWidget(page)

    def show_facts(self, facts: Facts, is_drawn: bool) -> None:
        """Show data: drawn sets as points, tables by their columns."""
        if not is_drawn:
            self._list(facts)
            self.setCurrentWidget(self.table)
            return
        values = [one.values for one in facts.features]
        has_classes = bool(facts.classes)
        points = np.stack(values if has_classes else [*values, facts.target.values], axis=1)
        labels = facts.target.values if has_classes else np.full(len(points), CURVE)
        self.points.show_points(points, labels)
        self.setCurrentWidget(self.points)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show the beginning of a text."""
        more = [f"… {len(lines) - MOST_LINES:,} more"] if len(lines) > MOST_LINES else []
        self.lines.setPlainText("\n".join([*(line[:MOST_SYMBOLS] for line in lines[:MOST_LINES]), *more]))
        self.setCurrentWidget(self.lines)

    def clear(self) -> None:
        """Nothing to show."""
        self.points.show_points(np.zeros((0, 2)), np.zeros(0))
        self.setCurrentWidget(self.points)

    def _list(self, facts: Facts) -> None:
        columns = facts.records.columns[:MOST_COLUMNS]
        chosen = {one.name for one in facts.features}
        self.table.setRowCount(len(columns))
        for row, column in enumerate(columns):
            is_target = column.name == facts.target.name
            role = "  → target" if is_target else "" if column.name in chosen else "  (not read)"
            missing = f"{column.missing:,}" if column.missing else "–"
            cells = (f"{column.name}{role}", _kind(column), _range(column), missing)
            for place, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(column.problem or column.note or text)
                self.table.setItem(row, place, item)
        for place in (0, 1, 3):
            self.table.resizeColumnToContents(place)


def _kind(column: Column) -> str:
    if column.is_different_everywhere:
        return "words that all differ"
    return {"number": "numbers", "class": "words", "mixed": "mixed", "empty": "nothing"}[column.kind]


def _range(column: Column) -> str:
    """The ends of numbers, or the first words."""
    if column.kind == "mixed":
        return column.problem
    if column.range is not None:
        low, high = (constant(one).text for one in column.range)
        return f"{low} … {high}".replace("-", "−")
    more = "" if len(column.words) <= MOST_WORDS else f", … ({len(column.words):,})"
    return ", ".join(column.words[:MOST_WORDS]) + more
