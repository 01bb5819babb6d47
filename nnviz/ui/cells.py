"""One painted cell with a number: the same in matrices, tables and wherever numbers stand in a grid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from nnviz.engine.outline import Pass
from nnviz.ui import style

NUMBER = 13
RAISED = re.compile(r"\^\{([^}]*)\}")
VARIABLE = re.compile(r"(?<![A-Za-z])[A-Za-zα-ω](?![A-Za-z])")


class State(Enum):
    """How far a cell is."""

    EMPTY = "not computed"
    PENDING = "being summed up"
    COMPUTED = "computed"
    HIGHLIGHTED = "just computed"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows. `tone` is a role of the palette, ``signed`` (the diverging map) or ``plain``."""

    text: str
    state: State = State.COMPUTED
    tone: str = "plain"
    value: float = 0.0
    largest: float = 0.0  # the end of the map that a signed cell is colored by
    into: Pass | None = None  # the pass whose hue fills it when highlighted
    is_selected: bool = False
    is_pointed: bool = False


def paint_cell(painter: QPainter, rect: QRectF, cell: Cell) -> None:
    """Ground, border and number of a cell; what is not computed is an empty dashed place."""
    c = style.colors()
    if cell.state in (State.EMPTY, State.PENDING):
        _paint_empty(painter, rect, cell)
        return
    painter.setPen(QPen(QColor(c.line), 1))
    painter.setBrush(_ground(cell))
    painter.drawRect(rect)
    painter.setFont(style.font(NUMBER, 600))
    painter.setPen(QColor(_ink(cell)))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, cell.text)


def paint_number(painter: QPainter, rect: QRectF, cell: Cell, bold: bool) -> None:
    """A number of a table: without ground and border, right-aligned; a dash of dots where there is none."""
    c = style.colors()
    if cell.state is State.EMPTY:
        painter.setPen(_dashed(c.not_yet))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(5, 5, -3, -5))
        return
    painter.setFont(style.font(NUMBER, 600 if bold else 400))
    painter.setPen(QColor(c.text))
    painter.drawText(
        rect.adjusted(0, 0, -4, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, cell.text
    )


def paint_marks(painter: QPainter, rect: QRectF, cell: Cell) -> None:
    """The frames around a cell that is hovered over or selected, drawn over its neighbors."""
    c = style.colors()
    if cell.is_selected:
        paint_frame(painter, rect.adjusted(-3, -3, 3, 3), c.selection)
    if cell.is_pointed:
        paint_frame(painter, rect, c.text)


def paint_frame(painter: QPainter, rect: QRectF, color: str, width: float = 2) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(QColor(color), width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(rect)


def _paint_empty(painter: QPainter, rect: QRectF, cell: Cell) -> None:
    c = style.colors()
    is_pending = cell.state is State.PENDING
    hue = c.phase(cell.into)[0]
    painter.setPen(QPen(QColor(hue), 2, Qt.PenStyle.DashLine) if is_pending else _dashed(c.not_yet))
    painter.setBrush(QColor(c.canvas))
    painter.drawRect(rect.adjusted(2, 2, -2, -2))


def _dashed(color: str) -> QPen:
    pen = QPen(QColor(color), 1.1)
    pen.setDashPattern([4, 3.5])
    return pen


def _ground(cell: Cell) -> QColor:
    c = style.colors()
    if cell.state is State.HIGHLIGHTED:
        return QColor(c.phase(cell.into)[0])
    if cell.tone == "signed":
        return c.diverging_cell(cell.value, cell.largest)
    return QColor(c.panel if cell.tone == "plain" else c.role(cell.tone)[1])


def _ink(cell: Cell) -> str:
    c = style.colors()
    if cell.state is State.HIGHLIGHTED:
        return c.on_fill
    if cell.tone == "signed":
        return c.selection  # the map is made for the darkest and the brightest ink
    return c.text if cell.tone == "plain" else c.role(cell.tone)[0]


# Text in cells and their labels


def number_width(text: str) -> float:
    """How wide a number is in a cell."""
    return _metrics(NUMBER, 600).horizontalAdvance(text)


def text_width(text: str, pixels: float, weight: int = 400) -> float:
    return _metrics(pixels, weight).horizontalAdvance(text)


_cached_metrics: dict[tuple[float, int], QFontMetricsF] = {}


def _metrics(pixels: float, weight: int) -> QFontMetricsF:
    key = (pixels, weight)
    if key not in _cached_metrics:
        _cached_metrics[key] = QFontMetricsF(style.font(pixels, weight))
    return _cached_metrics[key]


def with_italics(formula: str) -> str:
    """A formula in one line with its variables, the single letters, in mathematical italics."""
    return VARIABLE.sub(lambda match: style.italic(match[0]), formula)


def paint_label(painter: QPainter, x: float, baseline: float, label: str, pixels: float = 17) -> None:
    """A name in the formula font; ``W^{(2)}`` raises what stands in braces."""
    for text, is_raised in _runs(label):
        font = style.math_font(pixels * 0.72 if is_raised else pixels)
        painter.setFont(font)
        shown = text if is_raised else with_italics(text)
        painter.drawText(round(x), round(baseline - (6 if is_raised else 0)), shown)
        x += QFontMetricsF(font).horizontalAdvance(shown)


def label_width(label: str, pixels: float = 17) -> float:
    """How wide `paint_label` draws a name."""
    return sum(
        QFontMetricsF(style.math_font(pixels * 0.72 if is_raised else pixels)).horizontalAdvance(
            text if is_raised else with_italics(text)
        )
        for text, is_raised in _runs(label)
    )


def _runs(label: str) -> list[tuple[str, bool]]:
    """The parts of a label, and whether they are raised."""
    parts = RAISED.split(label)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]
