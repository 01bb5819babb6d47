"""Large numbers in a row, each under its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from nnviz.ui import style

LARGE, HEIGHT, NAME = 22, 46, 18


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its name, the role whose color it has, and what it is in a sentence."""

    name: str
    number: str
    role: str
    tip: str


class Figures(QWidget):
    """A row of figures of equal width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self.boxes: list[FigureBox] = []

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Other figures; the boxes stay while their number is the same."""
        while len(self.boxes) < len(figures):
            box = FigureBox()
            self.boxes.append(box)
            self._row.addWidget(box)
        for place, box in enumerate(self.boxes):
            box.setVisible(place < len(figures))
            if place < len(figures):
                box.show_figure(figures[place])


class FigureBox(QWidget):
    """One number under its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure = Figure("", "", "text", "")
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_figure(self, figure: Figure) -> None:
        if figure != self.figure:
            self.figure = figure
            self.setToolTip(figure.tip)
            self.setAccessibleName(f"{figure.name} {figure.number}")
            self.update()

    # Qt

    def sizeHint(self) -> QSize:
        name = QFontMetricsF(style.font(style.CAPTION)).horizontalAdvance(self.figure.name)
        number = QFontMetricsF(style.font(LARGE, 600)).horizontalAdvance(self.figure.number)
        return QSize(round(max(name, number)) + 4, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = style.colors()
        with QPainter(self) as painter:
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.setFont(style.font(style.CAPTION))
            painter.setPen(QColor(c.muted))
            painter.drawText(QRectF(0, 0, self.width(), NAME), left, self.figure.name)
            painter.setFont(style.font(LARGE, 600))
            painter.setPen(QColor(getattr(c, self.figure.role)))
            painter.drawText(QRectF(0, NAME - 2, self.width(), HEIGHT - NAME), left, self.figure.number)
