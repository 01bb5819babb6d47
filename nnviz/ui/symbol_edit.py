"""A field in which one symbol of an alphabet is typed, and which says at once when it is none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from nnviz.ui.number_edit import mark_invalid


class SymbolValidator(QValidator):
    """Takes one of some symbols; anything else may be typed but not finished."""

    def __init__(self, symbols: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._symbols = symbols

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        is_one = text in self._symbols
        return QValidator.State.Acceptable if is_one else QValidator.State.Intermediate, text, position


class SymbolEdit(QLineEdit):
    """What is not in the alphabet is framed and cannot be committed; `refused` says why, or nothing again."""

    refused = Signal(str)

    def __init__(self, symbols: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbols = symbols
        self.setValidator(SymbolValidator(symbols, self))
        self.textChanged.connect(self._on_text_changed)

    def finish(self) -> bool:
        """Take what is typed, or say why not."""
        if self.text() not in self._symbols:
            self.refused.emit(self._problem)
            return False
        self.clearFocus()
        return True

    @property
    def _problem(self) -> str:
        found = f"“{self.text()}”" if self.text() else "nothing"
        return f"found {found}, wanted one of {' '.join(self._symbols)}"

    def _on_text_changed(self, text: str) -> None:
        is_one = text in self._symbols
        mark_invalid(self, not is_one)
        problem = "" if is_one or not text else self._problem
        self.setToolTip(problem)
        self.refused.emit(problem)
