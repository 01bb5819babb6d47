"""What is typed a moment too late for a number is not taken for a command."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget
from shiboken6 import isValid

AFTERWARDS = 2000  # ms after Enter in which a digit still belongs to the number
Key = Qt.Key
FINISHING = (Key.Key_Return, Key.Key_Enter, Key.Key_Escape)
LEAVING = (*FINISHING, Key.Key_Tab, Key.Key_Backtab)
PRESSES = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)  # a command is only asked about its key
MODIFIERS = (Key.Key_Shift, Key.Key_Control, Key.Key_Alt, Key.Key_AltGr, Key.Key_Meta)


def is_field(widget: QWidget | None) -> bool:
    """Whether keys are typed into it."""
    return isinstance(widget, QLineEdit | QAbstractSpinBox)


class TypingGuard(QObject):
    """Watches the field with the focus, and what is done after it.

    Behind Enter or Escape digits are held back for a while. Where typing ended otherwise, by Tab or because
    the field was closed under the fingers, letters are as well, until another kind of key or the mouse is
    used.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.holds_digits = self.holds_letters = False
        self._field: QWidget | None = None
        self._has_typed = self._has_finished = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.release)

    def follow(self, focus: QWidget | None) -> None:
        """Something else has the focus."""
        has_typed, self._has_typed = self._has_typed, False
        if self._field is not None and isValid(self._field):  # it may have gone with its dialog
            self._field.removeEventFilter(self)
        self._field = focus if is_field(focus) else None
        if self._field is not None:
            self._field.installEventFilter(self)
            self.release()
        elif has_typed:
            self._hold()

    def release(self) -> None:
        """Every key is a command again."""
        self._timer.stop()
        if self.holds_digits:
            self.holds_digits = self.holds_letters = False
            self._application.removeEventFilter(self)
            self.changed.emit()

    def _hold(self) -> None:
        self.holds_digits, self.holds_letters = True, not self._has_finished
        self._application.installEventFilter(self)
        if self._has_finished:
            self._timer.start(AFTERWARDS)
        self.changed.emit()

    @property
    def _application(self) -> QObject:
        application = QApplication.instance()
        assert application is not None
        return application

    def _note(self, event: QKeyEvent) -> None:
        """A key in the field."""
        if event.key() in FINISHING:
            self._has_finished = True
        elif _is_character(event):
            self._has_typed, self._has_finished = True, False

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseButtonPress and watched is not self._field:
            self.release()
        elif isinstance(event, QKeyEvent) and event.type() in PRESSES:
            if watched is self._field:
                self._note(event)
            elif not _is_character(event) and event.key() not in (*LEAVING, *MODIFIERS):
                self.release()
        return False


def _is_character(event: QKeyEvent) -> bool:
    has_command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return event.text().isprintable() and event.text() != "" and not has_command
