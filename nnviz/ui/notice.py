"""A line above the canvas for what the window has to say without stopping the class."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from nnviz.ui.style import CONTROL, colors, font, icon, theme


class Notice(QWidget):
    """A message with a button that puts it away. Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setFont(font(CONTROL, 600))
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = QToolButton()
        self._close.setProperty("kind", "flat")
        self._close.setIconSize(QSize(16, 16))
        self._close.setToolTip("Put this message away (Esc)")
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 6, 8, 6)
        row.addWidget(self._text)
        row.addWidget(self._close)
        theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    def say(self, text: str) -> None:
        """Show a message; an empty one hides the line."""
        self._text.setText(text)
        self.setVisible(bool(text))

    @property
    def text(self) -> str:
        return self._text.text()

    def _on_theme_changed(self) -> None:
        self._close.setIcon(icon("x"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colors().update_tint))
            painter.fillRect(0, 0, 5, self.height(), QColor(colors().update))
