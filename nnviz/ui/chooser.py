"""A list to choose one of many names from, with an arrow that says so."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from nnviz.ui import style

ARROW = 16


class Chooser(QComboBox):
    """The style sheet leaves no room for the arrow of the platform, so it is painted."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(style.font(style.CONTROL))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    # Qt

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # who scrolls past does not choose

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        place = QRect(self.width() - ARROW - 8, (self.height() - ARROW) // 2, ARROW, ARROW)
        with QPainter(self) as painter:
            style.icon("chevron-down", style.colors().muted, ARROW).paint(painter, place)
