"""A row of buttons of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QToolButton, QWidget

from nnviz.ui.plain import caption
from nnviz.ui.style import CONTROL, font

MOST_IN_ROW = 6


class Segments(QFrame):
    """One of a few words. `chosen` tells what the user chose, not what `choose` sets."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "segments")
        self.buttons: list[QToolButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(2, 2, 2, 2)
        self._grid.setSpacing(2)

    def set_words(self, words: Sequence[str], name: str) -> None:
        """Other words to choose from; the first is chosen. `name` says of what."""
        for button in self.buttons:
            button.hide()
            self._grid.removeWidget(button)
            button.deleteLater()
        self.buttons = [self._button(place, word, name) for place, word in enumerate(words)]
        self.setAccessibleName(name)
        self.choose(0)

    def choose(self, place: int) -> None:
        """Choose one. No button group: it would leave Tab only the one that is chosen."""
        for one, button in enumerate(self.buttons):
            button.setChecked(one == place)

    @property
    def place(self) -> int:
        """Which one is chosen."""
        return next((i for i, button in enumerate(self.buttons) if button.isChecked()), 0)

    def _button(self, place: int, word: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "segment")
        button.setText(caption(word))
        button.setFont(font(CONTROL))
        button.setCheckable(True)
        button.setToolTip(f"{name}: {word}")
        button.setAccessibleName(f"{name}: {word}")
        button.clicked.connect(partial(self._on_clicked, place))
        self._grid.addWidget(button, *divmod(place, MOST_IN_ROW))
        return button

    def _on_clicked(self, place: int, _: bool = False) -> None:
        self.choose(place)
        self.chosen.emit(place)
