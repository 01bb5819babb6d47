"""A box to type or paste a text into that a network is to read."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nnviz.ui import style

HEIGHT = 132


class TextBox(QPlainTextEdit):
    """Some lines of plain text; Tab goes on to the next choice."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(style.font(style.CONTROL))
        self.setFixedHeight(HEIGHT)
        self.setTabChangesFocus(True)
        self.setPlaceholderText("Type or paste a text: a poem, a rhythm like abcabcabc …")

    def show_text(self, text: str) -> None:
        """Show a text that nobody typed here; the cursor stays in one that is the same."""
        if text != self.toPlainText():
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)
