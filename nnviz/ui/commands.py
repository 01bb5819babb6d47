"""Everything the window can do, once: its name, its keys and what it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QLineEdit, QWidget

PRESSING = ("Space", "Return", "Enter")


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
        self._pressing: list[QAction] = []  # keys that a button with the focus wants for itself
        for command in commands:
            for action in self._actions(window, command):
                window.addAction(action)
        self._press = QAction("press the button in focus", window)
        self._press.setShortcuts([QKeySequence("Return"), QKeySequence("Enter")])
        self._press.triggered.connect(self._on_press)
        self._press.setEnabled(False)
        window.addAction(self._press)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def _actions(self, window: QWidget, command: Command) -> Iterator[QAction]:
        """Keys of each kind are an action of their own: they yield to different things with the focus."""
        pressing = [key for key in command.keys if key in PRESSING]
        plain = [key for key in command.keys if key not in PRESSING and not key.startswith("Ctrl")]
        control = [key for key in command.keys if key.startswith("Ctrl")]
        for keys, kind in ((pressing, self._pressing), (plain, self._plain), (control, None)):
            if not keys:
                continue
            action = QAction(command.text, window)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.triggered.connect(lambda _=False, run=command.run: run())
            if kind is not None:
                kind.append(action)
            yield action

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        typing = isinstance(now, QLineEdit | QAbstractSpinBox)
        on_button = isinstance(now, QAbstractButton)
        self._press.setEnabled(on_button)
        for action in self._plain:
            action.setEnabled(not typing)
        for action in self._pressing:
            action.setEnabled(not typing and not on_button)

    def _on_press(self) -> None:
        """Space presses a button by itself, Enter does not."""
        button = QApplication.focusWidget()
        if isinstance(button, QAbstractButton):
            button.click()
