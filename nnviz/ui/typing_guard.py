"""What is typed is taken before anything else is done, and none of it for a command."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from nnviz.ui.number_edit import NumberEdit
from nnviz.ui.number_field import NumberField
from nnviz.ui.symbol_edit import SymbolEdit

AFTERWARDS = 2000  # ms after Enter in which what is typed still belongs to the number
Key = Qt.Key
ENDING = (Key.Key_Return, Key.Key_Enter)
FINISHING = (*ENDING, Key.Key_Escape)
LEAVING = (*FINISHING, Key.Key_Tab, Key.Key_Backtab)
CLICKS = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
PRESSES = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)  # a command is only asked about its key
MODIFIERS = (Key.Key_Shift, Key.Key_Control, Key.Key_Alt, Key.Key_AltGr, Key.Key_Meta)


def is_field(widget: QWidget | None) -> bool:
    """Whether keys are typed into it."""
    return isinstance(widget, QLineEdit | QAbstractSpinBox)


def finish_typing(window: QWidget) -> bool:
    """Take what is being typed in a window; False where it cannot be taken, which is said beside it.

    Whatever goes on or leaves comes here first.
    """
    field = window.focusWidget()
    if isinstance(field, NumberField | NumberEdit | SymbolEdit):
        return field.finish()
    if isinstance(field, QAbstractSpinBox):
        fits = field.hasAcceptableInput()
        field.interpretText()
        return fits
    return True


class TypingGuard(QObject):
    """Watches the field with the focus, and what is done beside and after it.

    A click beside it takes what is typed, and does nothing where that cannot be taken.

    Behind what was typed, digits and letters are held back until another kind of key or the mouse is used,
    and behind Enter or Escape for a while at most. Enter behind what was held back only ends it.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.holds_digits = self.holds_letters = False
        self._field: QWidget | None = None
        self._has_typed = self._has_finished = self._has_missed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.release)

    def follow(self, focus: QWidget | None) -> None:
        """Something else has the focus."""
        has_typed, self._has_typed = self._has_typed, False
        self._field = focus if is_field(focus) else None
        self._watch()
        if self._field is not None:
            self.release()
        elif has_typed:
            self._hold(with_letters=True)
            if self._has_finished:
                self._timer.start(AFTERWARDS)

    def expect(self) -> None:
        """Somebody is about to type a number where none can be typed: its digits are no commands."""
        self._timer.stop()
        self._hold(with_letters=False)

    def release(self) -> None:
        """Every key is a command again."""
        self._timer.stop()
        self._has_missed = False
        if self.holds_digits:
            self.holds_digits = self.holds_letters = False
            self._watch()
            self.changed.emit()

    def _hold(self, with_letters: bool) -> None:
        self.holds_digits = True
        self.holds_letters |= with_letters
        self._watch()
        self.changed.emit()

    def _watch(self) -> None:
        """See all events while there is a field, or something held back, and none at other times."""
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(self)
        if self._field is not None or self.holds_digits:
            application.installEventFilter(self)

    def _note(self, event: QKeyEvent) -> None:
        """A key in the field."""
        if event.key() in FINISHING:
            self._has_finished = True
        elif _is_character(event):
            self._has_typed, self._has_finished = True, False

    def _is_swallowed(self, event: QKeyEvent) -> bool:
        """Whether a key beside the field is nothing but the end of a number that went nowhere."""
        if event.key() in ENDING and self._has_missed:
            event.accept()  # it is no shortcut
            if event.type() is QEvent.Type.KeyPress:
                self._has_missed = False
                self._timer.start(AFTERWARDS)
            return True
        if _is_character(event):
            self._has_missed |= self.holds_letters or (self.holds_digits and event.text().isdecimal())
        elif event.key() not in (*LEAVING, *MODIFIERS):
            self.release()
        return False

    def _is_refused(self, watched: QObject, event: QMouseEvent) -> bool:
        """Whether a click comes to nothing, because what is typed must be mended first."""
        if self._is_beside(watched, event) and self._field and not finish_typing(self._field.window()):
            return True
        if watched is not self._field:
            self.release()
        return False

    def _is_beside(self, watched: QObject, event: QMouseEvent) -> bool:
        """Whether a click meets the window of the field, but not the field.

        The window itself hears of a click before the focus goes to what is clicked.
        """
        field = self._field
        if field is None or not isValid(field):  # it may have gone with its dialog
            return False
        under: QObject | None = watched
        if watched == field.window().windowHandle():
            under = field.window().childAt(event.position().toPoint())
        if not isinstance(under, QWidget) or under.window() is not field.window():
            return False
        return under is not field and not field.isAncestorOf(under)

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in CLICKS and isinstance(event, QMouseEvent):
            return self._is_refused(watched, event)
        if isinstance(event, QKeyEvent) and event.type() in PRESSES:
            if watched is not self._field:
                return self._is_swallowed(event)
            self._note(event)
        return False


def _is_character(event: QKeyEvent) -> bool:
    has_command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return event.text().isprintable() and event.text() != "" and not has_command
