"""Dialogs over the window."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QWidget

TITLE_BAR = 40  # what the desktop draws above a dialog, about


def open_dialog(dialog: QDialog) -> None:
    """Show a dialog without stopping the class; it is gone when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def room_for(dialog: QWidget) -> QSize:
    """What the screen has for a dialog without its title bar."""
    return dialog.screen().availableGeometry().size() - QSize(0, TITLE_BAR)


def fit_screen(dialog: QDialog, width: int, height: int) -> None:
    """As large as it likes to be, or as the screen allows: its buttons must be in reach."""
    dialog.resize(QSize(width, height).boundedTo(room_for(dialog)))
