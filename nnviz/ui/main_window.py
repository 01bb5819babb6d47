"""The main window: it builds the player and the views, places them, and connects them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.ref import Ref
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.texts import titles_of_examples
from nnviz.printable import printable
from nnviz.ui.command_list import commands_of
from nnviz.ui.commands import Commands
from nnviz.ui.context import Context
from nnviz.ui.dialogs import open_dialog
from nnviz.ui.leaving import is_kept, leave
from nnviz.ui.loss.view import LossView
from nnviz.ui.notice import Notice
from nnviz.ui.outline.view import OutlineView
from nnviz.ui.outside import ask_to_read
from nnviz.ui.own_network import stop_text
from nnviz.ui.pace import Pace, busy
from nnviz.ui.picture.traits import has_loss
from nnviz.ui.plain import window_title
from nnviz.ui.player import Player
from nnviz.ui.style import CONTROL, font, styled_at_the_end
from nnviz.ui.table_tabs import TableTabs
from nnviz.ui.tabs import TABS, Tab
from nnviz.ui.toolbar import Toolbar
from nnviz.ui.transport import Transport
from nnviz.ui.views.base import View
from nnviz.ui.views.canvas import NetworkView
from nnviz.ui.views.strip import EquationStrip
from nnviz.ui.wiring import (
    connect_canvas,
    connect_strip,
    connect_toolbar,
    connect_transport,
    connect_typing,
    connect_view,
)

if TYPE_CHECKING:
    from nnviz.lessons.catalogue import Entry
    from nnviz.lessons.errors import LessonError

OUTLINE_WIDTH, RIGHT_WIDTH, STRIP_HEIGHT, LOSS_HEIGHT = 220, 364, 200, 262
LOSS_BESIDE_IMAGE, LOSS_BESIDE_PLANE = 204, 270
HIGH = 800  # of the window: there is room for a higher curve
FOLD_OUTLINE_BELOW, FOLD_RIGHT_BELOW = 1180, 960
SMALLEST = (800, 480)
CORNER = 6  # around a button beside the picture


class MainWindow(QMainWindow):
    """Toolbar, outline, canvas over equation strip, loss and tables, transport."""

    @styled_at_the_end()
    def __init__(self, settings: QSettings | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._said_in: int | None = None
        self._may_close = False  # whatever was changed
        self._pace = Pace()
        self.player = Player(self)
        self.toolbar = Toolbar(self)
        self.notice = Notice()
        self.outline = OutlineView()
        self.canvas = NetworkView()
        self.strip = EquationStrip()
        self.loss = LossView()
        self.tabs = TableTabs(TABS, self._made)
        self.transport = Transport()
        self.parts: tuple[View, ...] = (self.outline, self.canvas, self.strip, self.loss)
        self.views = (*self.parts, self.tabs)
        self.context = Context(
            player=self.player,
            tabs=self.tabs,
            window=self,
            say=self.say,
            open_lesson=self.open_lesson,
            close_now=self.close_now,
            show_tables=self.show_tables,
            rest=self.canvas.setFocus,
        )
        self._place()
        self._connect()
        self._commands = Commands(self, commands_of(self.context, self))
        for view in (self.canvas, self.strip):
            connect_typing(view, self._commands.guard)
        self.toolbar.offer_lessons(_entries)
        self._restore()

    def _connect(self) -> None:
        """What the parts tell goes to the player, and what the player tells to the parts."""
        player, toolbar = self.player, self.toolbar
        self.canvas.installEventFilter(self)
        player.lesson_changed.connect(self.on_lesson_changed)
        player.plan_changed.connect(self.on_plan_changed)
        player.moment_changed.connect(self.on_moment_changed)
        player.selection_changed.connect(self.on_selection_changed)
        player.pointed_changed.connect(self.on_pointed_changed)
        player.running_changed.connect(self.on_running_changed)
        player.ended.connect(self.say)
        player.undo_stack.indexChanged.connect(self.on_undo_changed)
        for view in self.parts:
            connect_view(view, self.context, self.edit_selected)
        connect_canvas(self.canvas, self.context)
        connect_strip(self.strip, player)
        connect_transport(self.transport, player)
        connect_toolbar(toolbar, self.context)
        toolbar.lesson_chosen.connect(self.try_to_open)
        toolbar.open_requested.connect(self.choose_file)
        toolbar.networks_requested.connect(self.show_networks)
        toolbar.help_requested.connect(self.show_help)
        self.outline.fold_requested.connect(self.fold_outline)
        self.unfold.clicked.connect(self.fold_outline)
        self.unfold_tables.clicked.connect(self.fold_tables)

    def _made(self, tab: Tab) -> View:
        """The view of a tab, which is heard from now on."""
        view = tab.make(self.context)
        connect_view(view, self.context, self.edit_selected)
        connect_typing(view, self._commands.guard)
        return view

    # Lessons

    def open_lesson(self, lesson: Lesson, is_saved: bool = True) -> None:
        """Show a lesson from its start; one that is in no file yet is not saved."""
        with self.tabs.waiting():
            self.player.open(lesson, is_saved)
            self.tabs.open_first(lesson)
        self._share_height(lesson)
        self.canvas.setFocus()

    def try_to_open(self, name_or_path: str) -> None:
        """Open a lesson; a bad one is explained, and what is open stays open."""
        leave(self.context, partial(self._open, name_or_path))

    def _open(self, name_or_path: str, allow_outside: bool = False) -> None:
        from nnviz.lessons import catalogue
        from nnviz.lessons.errors import LessonError, OutsideError

        try:
            with busy():
                self.open_lesson(catalogue.load(name_or_path, allow_outside))
        except OutsideError as error:
            ask_to_read(self, error, partial(self._open, name_or_path, True))
        except LessonError as error:
            self._complain(name_or_path, error)

    def choose_file(self) -> None:
        """Ask for a lesson file and open it."""
        path, _ = QFileDialog.getOpenFileName(self, "Open a lesson", "", "Lessons (*.toml);;All files (*)")
        if path:
            self.try_to_open(path)

    def _complain(self, name: str, error: LessonError) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "This lesson cannot be opened", "", parent=self)
        box.setText(f"{printable(Path(name).name)} cannot be opened as a lesson.")
        box.setInformativeText("\n".join(error.lines()[:12]))
        box.setTextFormat(Qt.TextFormat.PlainText)
        open_dialog(box)

    # What changes

    def on_lesson_changed(self) -> None:
        lesson = self.player.lesson
        assert lesson is not None
        graph = lesson.timeline.graph
        self.setWindowTitle(window_title(f"{lesson.title} – nnviz"))
        self.toolbar.show_lesson(lesson.name, lesson.title, titles_of_examples(lesson))
        self.say(" ".join(lesson.concerns))
        for view in self.views:
            view.show_lesson(lesson)
        self.transport.set_trains(graph.trains)
        self.transport.set_stop_text(stop_text(lesson))
        self.loss.setVisible(has_loss(graph))

    def on_plan_changed(self) -> None:
        """α or the end of the run is another, in the same network."""
        lesson = self.player.lesson
        assert lesson is not None
        for view in self.views:
            view.show_plan(lesson)
        self.transport.set_stop_text(stop_text(lesson))

    def _share_height(self, lesson: Lesson) -> None:
        """Between the curve and the table below it."""
        loss = self.loss.sizeHint().height()
        if lesson.timeline.graph.has_maps:
            loss = LOSS_BESIDE_IMAGE
        elif self.tabs.tabs[self.tabs.front].is_large:
            loss = LOSS_BESIDE_PLANE if self.height() > HIGH else LOSS_BESIDE_IMAGE
        self.right.setSizes([loss, self.right.height() - loss])

    def show_networks(self) -> None:
        """Three well-known networks, their sizes derived from their layers."""
        from nnviz.ui.architectures import ArchitecturesPage

        open_dialog(ArchitecturesPage(self))

    def on_moment_changed(self) -> None:
        player = self.player
        self.canvas.is_passing = player.is_running
        is_due = self._pace.is_due(player.is_running)
        for view in self.views if is_due else (self.canvas, self.loss):
            view.show_moment(player.moment, player.depth, player.digits)
        if is_due:
            self._show_place()

    def _show_place(self) -> None:
        """Where the class is, in words: whatever names the iteration names the same one."""
        player = self.player
        self.strip.show_explanation(player.explanation)
        self.toolbar.show_moment(player.cursor.example, player.digits)
        last = player.timeline.length - 1
        self.transport.show_moment(player.moment, player.depth, player.digits, last)
        self.transport.set_can(player.can_go_back, player.can_step)
        if self._said_in not in (None, player.cursor.iteration):
            self.say("")
        if player.is_running:
            self.transport.show_running(True, player.progress)

    def on_selection_changed(self, ref: Ref | None) -> None:
        for view in self.views:
            view.show_selection(ref)
        self.strip.show_explanation(self.player.explanation)

    def on_pointed_changed(self, ref: Ref | None) -> None:
        for view in self.views:
            view.show_pointed(ref)

    def on_running_changed(self, running: bool) -> None:
        self.transport.show_running(running, self.player.progress)
        self.say("")
        if not running:
            self.on_moment_changed()

    def say(self, text: str, stays: bool = False) -> None:
        """What is said of one iteration is not said of another, unless it stays."""
        self.notice.say(text)
        self._said_in = self.player.cursor.iteration if text and not stays else None

    def on_undo_changed(self) -> None:
        stack = self.player.undo_stack
        self.say("")  # it was said of a run that somebody has changed
        self.toolbar.show_undo(stack.undoText(), stack.redoText())

    def edit_selected(self) -> None:
        """Type over the selected number, where it stands on the canvas or else in its formula."""
        ref = self.player.selection
        if ref is not None and self.canvas.rect_of(ref) is not None:
            self.canvas.open_field(ref)
        else:
            self.strip.edit_selected()

    # Placing

    def _place(self) -> None:
        self.setMinimumSize(*SMALLEST)
        self.resize(1440, 900)
        self.middle = _split(
            Qt.Orientation.Vertical,
            [(_column(self.notice, self.canvas, grow=self.canvas), 572), (self.strip, STRIP_HEIGHT)],
        )
        self.right = _split(Qt.Orientation.Vertical, [(self.loss, LOSS_HEIGHT), (self.tabs, 480)])
        self.columns = _split(
            Qt.Orientation.Horizontal,
            [(self.outline, OUTLINE_WIDTH), (self.middle, 856), (self.right, RIGHT_WIDTH)],
        )
        self.unfold = self._corner_button("Outline", "Show the outline (O)")
        self.unfold_tables = self._corner_button("Tables", "Show the curves and tables (B)")
        self.setCentralWidget(_column(self.toolbar, self.columns, self.transport, grow=self.columns))

    def _corner_button(self, name: str, tip: str) -> QToolButton:
        """A button beside the picture that brings back what has been folded away."""
        button = QToolButton(self.canvas)
        button.setText("☰")
        button.setAccessibleName(name)
        button.setFont(font(CONTROL))
        button.setToolTip(tip)
        button.hide()
        return button

    def _place_corner_buttons(self) -> None:
        """In the corners; the picture keeps out of their way."""
        buttons = (self.unfold, self.unfold_tables)
        for button in buttons:
            button.adjustSize()
        left, right = ((one.width() + 2 * CORNER) * one.isVisibleTo(self.canvas) for one in buttons)
        self.canvas.keep_out(left, right)
        self.unfold.move(CORNER, 8)
        self.unfold_tables.move(self.canvas.width() - self.unfold_tables.width() - CORNER, 8)

    def fold_outline(self) -> None:
        """Show or hide the outline."""
        self.outline.setVisible(not self.outline.isVisible())
        self.unfold.setVisible(not self.outline.isVisible())
        self._place_corner_buttons()

    def fold_tables(self) -> None:
        """Show or hide the curves and tables at the right."""
        self.right.setVisible(not self.right.isVisible())
        self.unfold_tables.setVisible(not self.right.isVisible())
        self._place_corner_buttons()

    def show_tables(self) -> None:
        """Show the curves and tables if they are folded away."""
        if not self.right.isVisible():
            self.fold_tables()

    # What the keys do

    def on_escape(self) -> None:
        """Put the message away, and go back from a number to the step."""
        self.say("")
        self.player.select(None)

    def toggle_full_screen(self) -> None:
        """To full screen and back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_help(self) -> None:
        """Keys and first steps."""
        from nnviz.ui.help import HelpDialog

        open_dialog(HelpDialog(self._commands.commands, self))

    def close_now(self) -> None:
        """Close without a question: it has been answered."""
        self._may_close = True
        self.close()

    # Settings

    def _restore(self) -> None:
        if self._settings is not None and self._settings.contains("geometry"):
            self.restoreGeometry(self._settings.value("geometry"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.canvas and event.type() == QEvent.Type.Resize:
            self._place_corner_buttons()
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not (self._may_close or is_kept(self.context)):
            event.ignore()
            leave(self.context, self.close_now)
            return
        self.player.stop_running()
        if self._settings is not None:
            self._settings.setValue("geometry", self.saveGeometry())
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window gives its width to the canvas."""
        super().resizeEvent(event)
        before, now = event.oldSize().width(), event.size().width()
        for limit, part, button in (
            (FOLD_OUTLINE_BELOW, self.outline, self.unfold),
            (FOLD_RIGHT_BELOW, self.right, self.unfold_tables),
        ):
            if (before >= limit) != (now >= limit) or before < 0:
                part.setVisible(now >= limit)
                button.setVisible(now < limit)
        self._place_corner_buttons()


def _split(orientation: Qt.Orientation, parts: list[tuple[QWidget, int]]) -> QSplitter:
    """Widgets beside or above each other; the largest takes what is left."""
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    largest = max(size for _, size in parts)
    for index, (widget, size) in enumerate(parts):
        splitter.addWidget(widget)
        splitter.setStretchFactor(index, int(size == largest))
    splitter.setSizes([size for _, size in parts])
    return splitter


def _column(*widgets: QWidget, grow: QWidget) -> QWidget:
    """Widgets below each other, one of which takes what is left."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, int(widget is grow))
    return column


def _entries() -> Sequence[Entry]:
    """The shipped lessons. What reads lesson files is imported after the window stands."""
    from nnviz.lessons import catalogue

    return catalogue.entries()
