"""A widget that is too high for its place is scrolled."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def fill_scrolling(place: QWidget, body: QWidget) -> None:
    """Fill a place with a body that scrolls, without frame and without taking the focus."""
    scroll = QScrollArea()
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setBackgroundRole(QPalette.ColorRole.Base)
    scroll.setWidgetResizable(True)
    scroll.setWidget(body)
    whole = QVBoxLayout(place)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addWidget(scroll)
