"""The tables beside the canvas: a tab for each, built when first shown, and a menu that names them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QMenu, QTabWidget, QToolButton, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.lessons.lesson import Lesson
from nnviz.ui.style import CONTROL, colors, font, icon, theme
from nnviz.ui.tabs import Tab
from nnviz.ui.views.base import View

MARK, MARKED = " •", "What is chosen here is not applied yet"
LEAST = QSize(320, 200)


class TableTabs(QTabWidget):
    """One table in front; tabs that find no room are reached through the menu or the arrow keys.

    It hears what every view hears, tells it to those that are built, and a new one what it has missed.
    """

    def __init__(self, tabs: Sequence[Tab], make: Callable[[Tab], View]) -> None:
        super().__init__()
        self.tabs = {tab.key: tab for tab in tabs}
        self._make = make
        self._pages = {key: Page() for key in self.tabs}
        self._lesson: Lesson | None = None
        self._shown: tuple[Moment, Depth, int] | None = None
        self._selection: Ref | None = None
        self._picked: Ref | None = None  # the last number that was selected
        self._pointed_at: Ref | None = None
        self._is_waiting = False
        self.setFont(font(CONTROL))
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        for key, tab in self.tabs.items():
            self.addTab(self._pages[key], tab.title)
        self.menu_button = self._corner()
        self.currentChanged.connect(self._build_front)
        theme().changed.connect(self._dress)
        self._dress()

    # Which there are

    def __getitem__(self, key: str) -> View:
        """The view of a tab, built now if it has never been shown."""
        view = self._pages[key].view
        return view if view is not None else self._build(key)

    def built(self) -> Iterator[View]:
        """The views that are there already."""
        return (page.view for page in self._pages.values() if page.view is not None)

    @property
    def offered(self) -> list[str]:
        """The tabs that this network has something for."""
        return [key for key, page in self._pages.items() if self.isTabVisible(self.indexOf(page))]

    @property
    def front(self) -> str:
        """The tab in front."""
        return list(self.tabs)[self.currentIndex()]

    def open(self, key: str) -> None:
        """Bring a tab to the front."""
        self.setCurrentWidget(self._pages[key])

    def mark(self, key: str, is_marked: bool) -> None:
        """Show beside its title that choices in a table wait to be applied."""
        place = self.indexOf(self._pages[key])
        self.setTabText(place, self.tabs[key].title + MARK * is_marked)
        self.setTabToolTip(place, MARKED if is_marked else "")

    def open_first(self, lesson: Lesson) -> None:
        """The tab that a lesson wants in front, or that is the first to go with its network."""
        graph = lesson.timeline.graph
        default = next(key for key, tab in self.tabs.items() if tab.leads(graph))
        self.open(lesson.views[0] if lesson.views else default)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Nothing is built before it is known which tab will be in front."""
        self._is_waiting = True
        try:
            yield
        finally:
            self._is_waiting = False
            self._build_front()

    def _offer(self, graph: Graph) -> None:
        """Only the tabs that the network has something for."""
        for key, tab in self.tabs.items():
            self.setTabVisible(self.indexOf(self._pages[key]), tab.is_offered(graph))

    def _build_front(self) -> None:
        """Build what is to be seen, as soon as there is something to see on it."""
        is_due = self._shown is not None and self.isVisible() and not self._is_waiting
        if is_due and self._pages[self.front].view is None:
            self._build(self.front)

    def _build(self, key: str) -> View:
        view, page = self._make(self.tabs[key]), self._pages[key]
        page.take(view)  # before it is told anything: colors do not outlast a move into another widget
        _lead_through(view, self.menu_button)
        if self._lesson is not None:
            view.show_lesson(self._lesson)
        if self._shown is not None:
            view.show_moment(*self._shown)
        if self._picked is not None:
            view.show_selection(self._picked)  # some follow it
        view.show_selection(self._selection)
        view.show_pointed(self._pointed_at)
        page.uncover(view)
        return view

    # What every view hears

    def show_lesson(self, lesson: Lesson) -> None:
        self._lesson, self._shown = lesson, None
        self._selection = self._picked = self._pointed_at = None
        for view in self.built():
            view.show_lesson(lesson)
        self._offer(lesson.timeline.graph)

    def show_plan(self, lesson: Lesson) -> None:
        self._lesson = lesson
        for view in self.built():
            view.show_plan(lesson)

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        self._shown = moment, depth, digits
        for view in self.built():
            view.show_moment(moment, depth, digits)
        self._build_front()

    def show_selection(self, ref: Ref | None) -> None:
        self._selection, self._picked = ref, ref or self._picked
        for view in self.built():
            view.show_selection(ref)

    def show_pointed(self, ref: Ref | None) -> None:
        self._pointed_at = ref
        for view in self.built():
            view.show_pointed(ref)

    # The menu

    def menu(self) -> QMenu:
        """All tables that are offered, the one in front ticked."""
        menu = QMenu(self)
        menu.setFont(font(CONTROL))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key in self.offered:
            title = self.tabText(self.indexOf(self._pages[key]))
            action = menu.addAction(title, partial(self.open, key))
            action.setCheckable(True)
            action.setChecked(key == self.front)
        return menu

    def _corner(self) -> QToolButton:
        button = QToolButton()
        button.setToolTip("All tables")
        button.setAccessibleName("All tables")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._open_menu)
        self.setCornerWidget(button)
        return button

    def _open_menu(self) -> None:
        menu, button = self.menu(), self.menu_button
        below = button.mapToGlobal(QPoint(button.width(), button.height() + 2))
        menu.popup(below - QPoint(menu.sizeHint().width(), 0))

    def _dress(self) -> None:
        self.menu_button.setIcon(icon("chevron-down", colors().muted, 16))

    # Qt

    def minimumSizeHint(self) -> QSize:
        """No table forces its height on the window."""
        return LEAST

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._build_front()


class Page(QWidget):
    """The place of a tab, empty until its view is built."""

    def __init__(self) -> None:
        super().__init__()
        self.view: View | None = None
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def take(self, view: View) -> None:
        """Put the view in its place, where it is not to be seen yet."""
        self.view = view
        view.hide()
        self._column.addWidget(view)

    def uncover(self, view: View) -> None:
        """Show it, at its size."""
        self._column.activate()
        view.show()


def _lead_through(view: QWidget, after: QWidget) -> None:
    """Tab, which would come to a new view last of all, leads through it to the widget `after`."""
    parts = [one for one in _round(view) if view.isAncestorOf(one)]
    before = [one for one in _round(after) if not view.isAncestorOf(one)][-1]
    for first, second in pairwise((before, *parts)):
        QWidget.setTabOrder(first, second)


def _round(widget: QWidget) -> Iterator[QWidget]:
    """All that Tab leads to from a widget, once round."""
    one = widget.nextInFocusChain()
    while one is not None and one is not widget:
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield one
        one = one.nextInFocusChain()
