"""Everything the window can do, once: its name, its keys and what it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from nnviz.ui.typing_guard import TypingGuard, finish_typing, is_field

PRESSING = ("Space", "Return", "Enter")


class Kind(Enum):
    """What keys yield to: a button in focus, a number or a word being typed, any field, or nothing."""

    PRESSING = auto()
    DIGIT = auto()
    LETTER = auto()
    OTHER = auto()
    CONTROL = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do. `keys` that need no Ctrl are silent while a text field has the focus.

    Digits and letters are so for a while after it, too.
    """

    text: str
    keys: tuple[str, ...]
    group: str
    run: Callable[[], object]


class Commands(QObject):
    """The commands of a window as actions, so that their keys work wherever the focus is."""

    def __init__(self, window: QWidget, commands: list[Command]) -> None:
        super().__init__(window)
        self.commands, self._window = commands, window
        self._actions: dict[Kind, list[QAction]] = {kind: [] for kind in Kind}
        for command in commands:
            for action in self._made(window, command):
                window.addAction(action)
        self._press = QAction("press the button in focus", window)
        self._press.setShortcuts([QKeySequence("Return"), QKeySequence("Enter")])
        self._press.triggered.connect(self._on_press)
        self._press.setEnabled(False)
        window.addAction(self._press)
        self.guard = TypingGuard(self)
        self.guard.changed.connect(self._enable)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def _made(self, window: QWidget, command: Command) -> Iterator[QAction]:
        """Keys of each kind are an action of their own: they yield to different things with the focus."""
        for kind in Kind:
            keys = [QKeySequence(key) for key in command.keys if _kind(key) is kind]
            if keys:
                action = QAction(command.text, window)
                action.setShortcuts(keys)
                action.triggered.connect(partial(self._on_triggered, command))
                self._actions[kind].append(action)
                yield action

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        self.guard.follow(now)
        self._enable()

    def _enable(self) -> None:
        """Which keys are commands, with the focus where it is."""
        now = QApplication.focusWidget()
        typing, on_button = is_field(now), isinstance(now, QAbstractButton)
        self._press.setEnabled(on_button)
        silent = {
            Kind.PRESSING: typing or on_button,
            Kind.DIGIT: typing or self.guard.holds_digits,
            Kind.LETTER: typing or self.guard.holds_letters,
            Kind.OTHER: typing,
        }
        for kind, is_silent in silent.items():
            for action in self._actions[kind]:
                action.setEnabled(not is_silent)

    def _on_triggered(self, command: Command, _: bool = False) -> None:
        if finish_typing(self._window):
            self.guard.release()
            command.run()

    def _on_press(self) -> None:
        """Space presses a button by itself, Enter does not."""
        button = QApplication.focusWidget()
        if isinstance(button, QAbstractButton):
            button.click()


def _kind(key: str) -> Kind:
    if key in PRESSING:
        return Kind.PRESSING
    if key.startswith("Ctrl"):
        return Kind.CONTROL
    if key.isdecimal():
        return Kind.DIGIT
    return Kind.LETTER if len(key.removeprefix("Shift+")) == 1 else Kind.OTHER
