"""Everything the window can do, once: its name, its keys and what it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do. `keys` that need no Ctrl are silent while a text field has the focus."""

    text: str
    keys: tuple[str, ...]
    group: str
    run: Callable[[], object]


class Commands(QObject):
    """The commands of a window as actions, so that their keys work wherever the focus is."""

    def __init__(self, window: QWidget, commands: list[Command]) -> None:
        super().__init__(window)
        self.commands = commands
        self._plain: list[QAction] = []
        for command in commands:
            for action in self._actions(window, command):
                window.addAction(action)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def _actions(self, window: QWidget, command: Command) -> Iterator[QAction]:
        """Keys with and without Ctrl are separate actions: only the plain ones yield to a text field."""
        for plain in (True, False):
            keys = [QKeySequence(key) for key in command.keys if key.startswith("Ctrl") != plain]
            if not keys:
                continue
            action = QAction(command.text, window)
            action.setShortcuts(keys)
            action.triggered.connect(lambda _=False, run=command.run: run())
            if plain:
                self._plain.append(action)
            yield action

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        typing = isinstance(now, QLineEdit | QAbstractSpinBox)
        for action in self._plain:
            action.setEnabled(not typing)
