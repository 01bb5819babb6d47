"""A field in which one number is edited where it stands."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from nnviz.engine.numbers import has_thousands, parse
from nnviz.engine.ref import Ref
from nnviz.ui.number_edit import mark_invalid

SOMEWHERE_ELSE = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class Way(Enum):
    """Where the keys lead to from a number that has been typed, as in a table."""

    NEXT = "Tab"
    BACK = "Shift+Tab"
    DOWN = "Enter"

    @classmethod
    def by_tab(cls, forward: bool) -> Way:
        return cls.NEXT if forward else cls.BACK


class BehindEnter:
    """The number whose field Enter has closed: Tab goes on from there, if nothing is done before."""

    def __init__(self) -> None:
        self._ref: Ref | None = None
        self._selected: Ref | None = None

    def note(self, ref: Ref | None, way: Way | None, selected: Ref | None) -> None:
        """A field has been closed, and this number is selected then."""
        self._ref, self._selected = (ref if way is Way.DOWN else None), selected

    def forget(self) -> None:
        self._ref = None

    def take(self, selected: Ref | None) -> Ref | None:
        """Where Tab goes on from, once; None where another number is selected by now."""
        ref, self._ref = self._ref, None
        return ref if selected is not None and selected == self._selected else None


class NumberField(QLineEdit):
    """Opens with a number selected. Enter or leaving it accepts, Escape gives up.

    Commas between thousands are left out of it, and may be typed where it is printed with them. What is not
    a number is refused: the field stays open, and `refused` says why. When it is over, `way` says which
    number shall be typed next.
    """

    accepted = Signal(float)
    refused = Signal(str)
    abandoned = Signal()

    def __init__(self, shown: str, parent: QWidget | None = None) -> None:
        super().__init__(shown.replace(",", ""), parent)
        self.way: Way | None = None
        self._is_open = True
        self._original, self._has_thousands = self.text(), has_thousands(shown)
        self.textEdited.connect(self._on_text_edited)
        self.selectAll()

    def accept(self) -> None:
        """Take what is typed, or say why not."""
        if not self._is_open:
            return
        if self.text() == self._original:  # what is shown may be rounded: it must not become the value
            self.abandon()
            return
        try:
            value = parse(self.text(), self._has_thousands)
        except ValueError as problem:
            mark_invalid(self, True)
            self.way = None
            self.refused.emit(str(problem))
            return
        self._is_open = False
        self.accepted.emit(value)

    def finish(self) -> bool:
        """Take what is typed, if that is possible."""
        self.accept()
        return not self._is_open

    def abandon(self) -> None:
        if self._is_open:
            self._is_open = False
            self.abandoned.emit()

    def type_first(self, text: str) -> None:
        """Put what was typed to open the field in place of the number."""
        self.selectAll()
        self.insert(text)

    def _leave(self, way: Way) -> None:
        self.way = way
        self.accept()

    def _on_text_edited(self) -> None:
        mark_invalid(self, False)

    # Qt

    def event(self, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else the window's own Escape would come first
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.abandon()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._leave(Way.DOWN)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        if not self._is_open:  # it is being hidden
            return super().focusNextPrevChild(forward)
        self._leave(Way.by_tab(forward))
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in SOMEWHERE_ELSE:
            self.accept()
