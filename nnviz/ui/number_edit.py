"""A line in which a number is typed, and which says at once when it is none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from nnviz.engine.numbers import has_thousands, parse


class NumberValidator(QValidator):
    """Takes what the engine reads as a number; anything else may be typed but not finished."""

    has_thousands = False  # where the number that is typed over is printed with commas between them

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        problem = problem_with(text, self.has_thousands)
        state = QValidator.State.Intermediate if problem else QValidator.State.Acceptable
        return state, text, position


class NumberEdit(QLineEdit):
    """A number field. What is no number is framed, and can neither be committed nor left with the keys.

    `refused` says why, at once, and says nothing again as soon as it is a number.
    """

    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None, hint: str = "") -> None:
        super().__init__(parent)
        self._hint = hint
        self.setToolTip(hint)
        self._numbers = NumberValidator(self)
        self.setValidator(self._numbers)
        self.textChanged.connect(self._on_text_changed)

    @property
    def value(self) -> float:
        """What is typed. Raises ValueError where it is no number."""
        return parse(self.text(), self._numbers.has_thousands)

    def type_over(self, shown: str) -> None:
        """Read commas as the number that is typed over is printed."""
        self._numbers.has_thousands = has_thousands(shown)

    def finish(self) -> bool:
        """Take what is typed and give the keys back, or say why not."""
        if self._is_refused():
            return False
        self.clearFocus()
        return True

    def _is_refused(self) -> bool:
        """Whether it holds no number, which is said."""
        problem = problem_with(self.text(), self._numbers.has_thousands)
        if problem:
            self.refused.emit(problem)
        return bool(problem)

    def _on_text_changed(self, text: str) -> None:
        problem = problem_with(text, self._numbers.has_thousands)
        self.setToolTip(problem or self._hint)
        mark_invalid(self, bool(problem))
        self.refused.emit(problem if self.hasFocus() and text else "")

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._is_refused()
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._is_refused() or super().focusNextPrevChild(forward)


def mark_invalid(field: QLineEdit, is_invalid: bool) -> None:
    """Frame a field that holds no number; the style sheet draws the frame."""
    if bool(field.property("invalid")) != is_invalid:
        field.setProperty("invalid", is_invalid)
        field.style().unpolish(field)
        field.style().polish(field)


def problem_with(text: str, has_thousands: bool) -> str:
    """Why a text is no number; empty where it is one."""
    try:
        parse(text, has_thousands)
    except ValueError as error:
        return str(error)
    return ""
