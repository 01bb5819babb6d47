"""What commands and tabs work with, instead of the window whose parts they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from nnviz.lessons.lesson import Lesson
from nnviz.ui.player import Player
from nnviz.ui.views.base import View


class Tabs(Protocol):
    """The tables beside the canvas, by their keys; a view is built as soon as it is asked for."""

    def __getitem__(self, key: str) -> View: ...

    def built(self) -> Iterator[View]:
        """The views that are there already."""

    def open(self, key: str) -> None:
        """Bring one to the front."""

    def mark(self, key: str, is_marked: bool) -> None:
        """Show beside a title that choices there wait to be applied."""


class Say(Protocol):
    """Tell something: of this iteration, or with `stays` until something else is told."""

    def __call__(self, text: str, stays: bool = False) -> None: ...


class OpenLesson(Protocol):
    """Show a lesson from its start; one that is in no file yet is not saved."""

    def __call__(self, lesson: Lesson, is_saved: bool = True) -> None: ...


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of an open window, and what can be asked of it; `window` lies under dialogs.

    `close_now` closes without a question, `show_tables` shows the tabs where they are folded away, and `rest`
    gives the keys back to the canvas.
    """

    player: Player
    tabs: Tabs
    window: QWidget
    say: Say
    open_lesson: OpenLesson
    close_now: Callable[[], None]
    show_tables: Callable[[], None]
    rest: Callable[[], None]
