"""What commands and tabs work with, instead of the window whose parts they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from nnviz.ui.player import Player
from nnviz.ui.views.base import View


class Tabs(Protocol):
    """The tables beside the canvas, by their keys; a view is built as soon as it is asked for."""

    def __getitem__(self, key: str) -> View: ...

    def built(self) -> Iterator[View]:
        """The views that are there already."""

    def open(self, key: str) -> None:
        """Bring one to the front."""


@dataclass(frozen=True, slots=True)
class Context:
    """`say` tells something of this iteration, with `stays` of a whole run; `window` is under dialogs.

    `close_now` closes without a question, `show_tables` shows the tabs where they are folded away, `rest`
    gives the keys back to the canvas.
    """

    player: Player
    tabs: Tabs
    window: QWidget
    say: Callable[..., None]
    open_lesson: Callable[..., None]
    close_now: Callable[[], None]
    show_tables: Callable[[], None]
    rest: Callable[[], None]
