"""The tables beside the canvas: a tab for each, and a menu that names them all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QMenu, QTabWidget, QToolButton

from nnviz.ui.style import CONTROL, colors, font, icon, theme
from nnviz.ui.views.base import View

MARK, MARKED = " •", "What is chosen here is not applied yet"
LEAST = QSize(320, 200)


class TableTabs(QTabWidget):
    """One table in front; tabs that find no room are reached through the menu or the arrow keys."""

    def __init__(self, views: Sequence[View]) -> None:
        super().__init__()
        self.setFont(font(CONTROL))
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        for view in views:
            self.addTab(view, view.title)
        self.menu_button = self._corner()
        theme().changed.connect(self._dress)
        self._dress()

    def offer(self, view: View, is_offered: bool) -> None:
        """Show the tab of a table, or hide it where the network has nothing for it."""
        self.setTabVisible(self.indexOf(view), is_offered)

    def mark(self, view: View, is_marked: bool) -> None:
        """Show beside its title that choices in a table wait to be applied."""
        place = self.indexOf(view)
        self.setTabText(place, view.title + MARK * is_marked)
        self.setTabToolTip(place, MARKED if is_marked else "")

    def menu(self) -> QMenu:
        """All tables that are offered, the one in front ticked."""
        menu = QMenu(self)
        menu.setFont(font(CONTROL))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place in range(self.count()):
            if self.isTabVisible(place):
                action = menu.addAction(self.tabText(place), partial(self.setCurrentIndex, place))
                action.setCheckable(True)
                action.setChecked(place == self.currentIndex())
        return menu

    def minimumSizeHint(self) -> QSize:
        """No table forces its height on the window."""
        return LEAST

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
