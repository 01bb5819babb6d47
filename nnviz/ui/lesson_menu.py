"""The menu of lessons, topic by topic, and what else can be opened, made and saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nnviz.ui.plain import caption
from nnviz.ui.style import CONTROL, font

if TYPE_CHECKING:
    from nnviz.lessons.catalogue import Entry


class LessonMenu(QMenu):
    """Filled when it is opened for the first time: reading all lessons takes its time."""

    chosen = Signal(str)  # the name of a lesson
    new_requested = Signal()
    open_requested = Signal()
    save_requested = Signal()
    networks_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = ""  # of the open lesson
        self.entries: Callable[[], Sequence[Entry]] = tuple
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # whatever that of its button is
        self.setFont(font(CONTROL))
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """The topics with their lessons, the open one marked, and its topic."""
        if not self.actions():
            for topic, lessons in groupby(self.entries(), key=lambda entry: entry.topic):
                self._add_topic(topic, list(lessons))
            self.addSeparator()
            self._add("New network…\tCtrl+N", "Choose data, layers and training", self.new_requested.emit)
            self._add("Open a lesson file…\tCtrl+O", "A lesson of your own", self.open_requested.emit)
            self._add("Save as…\tCtrl+S", "The network with its weights of now", self.save_requested.emit)
            self._add(
                "LeNet and AlexNet compared…",
                "Units, parameters and connections of three networks, derived",
                self.networks_requested.emit,
            )
        self._mark(self)

    def _add_topic(self, topic: str, lessons: Sequence[Entry]) -> None:
        """A menu of its own for a topic; lessons without one stand in this one."""
        menu = self.addMenu(caption(topic)) if topic else self
        menu.setFont(self.font())
        menu.setToolTipsVisible(True)
        menu.menuAction().setCheckable(menu is not self)
        for entry in lessons:
            action = menu.addAction(caption(entry.title))
            action.setToolTip(entry.summary)
            action.setData(entry.name)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, name=entry.name: self.chosen.emit(name))

    def _add(self, text: str, tip: str, act: Callable[[], None]) -> None:
        """Something to do beside the lessons; its key is that of the window's own command."""
        action = self.addAction(text)
        action.setToolTip(tip)
        action.triggered.connect(act)

    def _mark(self, menu: QMenu) -> bool:
        """Check the open lesson and the topic that it belongs to; whether it is in this menu."""
        has_it = False
        for action in menu.actions():
            below = _menu_of(action)
            is_it = self._mark(below) if below is not None else action.data() == self.name
            action.setChecked(is_it)
            has_it |= is_it
        return has_it


def _menu_of(action: QAction) -> QMenu | None:
    below = action.menu()
    return below if isinstance(below, QMenu) else None
