"""The data as it comes and as the network reads it, and the learning rate: all that can be typed in.

Images are a list of thumbnails instead: nobody reads a table of 784 columns.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnviz.engine.changeable import why_not
from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth
from nnviz.engine.ref import LEARNING_RATE, Ref
from nnviz.engine.textbook import Textbook
from nnviz.lessons.lesson import Lesson
from nnviz.ui import style
from nnviz.ui.image_list import ImageList
from nnviz.ui.layout.matrix_equation import with_example
from nnviz.ui.layout.names import subscripted
from nnviz.ui.number_edit import NumberEdit
from nnviz.ui.number_field import SOMEWHERE_ELSE
from nnviz.ui.tabs.data.grid import DataGrid
from nnviz.ui.tabs.data.model import Column, DataModel, Values, columns_of, plain
from nnviz.ui.tabs.data.steps import columns_of_steps
from nnviz.ui.views.base import View


class DataView(View):
    """One row an example, its raw numbers beside the prepared ones, which can be edited and pasted."""

    symbols: tuple[str, ...] = ()  # of a text, one for each input

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.model = DataModel()
        self.grid = DataGrid(self.model)
        self.images = ImageList()
        self._has_images = False
        self.alpha = RateEdit()
        self.batch_text = _wrapping(style.font(style.CONTROL))
        self.message = _wrapping(style.font(style.CONTROL, 600))
        self.message.hide()
        self._place()
        self._connect()
        self.refresh()

    def _place(self) -> None:
        self._rate = QWidget()
        row = QHBoxLayout(self._rate)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel("Learning rate α")
        label.setFont(style.font(style.CONTROL))
        label.setBuddy(self.alpha)
        row.addWidget(label)
        row.addWidget(self.alpha)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._rate)
        layout.addWidget(self.batch_text)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.images, 1)
        layout.addWidget(self.message)  # below: a row must not move from under the mouse

    def _connect(self) -> None:
        self.grid.picked.connect(self._on_picked)
        self.grid.pointed.connect(self.pointed)
        self.grid.pasted.connect(self._on_pasted)
        self.grid.refused.connect(self._say)
        self.grid.fixed.connect(self.fixed)
        self.grid.verticalHeader().sectionClicked.connect(self.focused)
        self.images.focused.connect(self.focused)
        self.model.edited.connect(self._on_edited)
        self.model.spelled.connect(self._on_spelled)
        self.alpha.editingFinished.connect(self._on_alpha_finished)
        self.alpha.refused.connect(self._say)
        self.alpha.picked.connect(self.picked)
        self.alpha.pointed.connect(self.pointed)

    def show_lesson(self, lesson: Lesson) -> None:
        self.symbols = lesson.symbols
        super().show_lesson(lesson)

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self.moment = None
        self._say("")
        self._rate.setVisible(graph.trains)
        self._has_images = graph.has_maps
        self.model.set_columns(() if self._has_images else self._columns(graph, textbook))
        self.grid.setVisible(not self._has_images)
        self.images.setVisible(self._has_images)

    def _columns(self, graph: Graph, textbook: Textbook) -> tuple[Column, ...]:
        if graph.has_steps:
            return columns_of_steps(graph, textbook, self.symbols)
        return columns_of(graph, textbook)

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        is_other_layout = self.moment is None or digits != self.digits
        is_edited = self.moment is not None and self.moment.settings is not moment.settings
        if is_edited or (self.moment is not None and self.moment.cursor != moment.cursor):
            self._say("")
        if self._has_images:
            self.images.show_moment(moment, digits)
        else:
            self.model.show_moment(moment, digits)
        super().show_moment(moment, depth, digits)
        if (is_other_layout or is_edited) and not self._has_images:
            self.grid.fit_columns()
        self.alpha.show_rate(moment, digits)
        self.batch_text.setText(_batch_mode(moment))

    def refresh(self) -> None:
        c = style.colors()
        for label, color in ((self.batch_text, c.muted), (self.message, c.backward)):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), QColor(color))
            label.setPalette(palette)
        self.grid.marks = (self._full(self.selection), self._full(self.pointed_at))
        for area in (self.images, self.grid, self.grid.horizontalHeader(), self.grid.verticalHeader()):
            area.viewport().update()

    def _full(self, ref: Ref | None) -> Ref | None:
        if ref is None or self.moment is None:
            return None
        return with_example(self.moment.graph, self.moment.source(ref), self.moment.focus)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _on_picked(self, ref: Ref) -> None:
        self._say("")
        self.picked.emit(ref)

    def _on_edited(self, ref: Ref, value: float) -> None:
        self._say("")
        self.edited.emit(ref, value)

    def _on_pasted(self, values: Values) -> None:
        self._say("")
        if values:
            self.edited_many.emit(values)

    def _on_spelled(self, values: Values) -> None:
        """What explains itself from now on is the new symbol, not the one it stood for."""
        self._on_pasted(values)
        self.picked.emit(values[-1][0])

    def _on_alpha_finished(self) -> None:
        if self.moment is None or self.alpha.value == self.moment.learning_rate:
            return
        if problem := why_not(LEARNING_RATE, self.alpha.value):
            self.alpha.restore()
            self._say(problem)
        else:
            self.edited.emit(LEARNING_RATE, self.alpha.value)


class RateEdit(NumberEdit):
    """The learning rate: all its digits while it is edited. Escape takes back what was typed."""

    picked = Signal(object)
    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__(hint="Learning rate: how far every weight moves against its gradient")
        self.setFont(style.font(style.CONTROL, 600))
        self.setFixedWidth(96)
        self.setAccessibleName("Learning rate")
        self._moment: Moment | None = None
        self._digits = 4

    def show_rate(self, moment: Moment, digits: int) -> None:
        """Show the learning rate of a moment, unless somebody is typing another one."""
        self._moment, self._digits = moment, digits
        if not (self.isModified() and self.window().focusWidget() is self):
            self.restore()

    def restore(self) -> None:
        """The learning rate of the moment, in place of what was typed."""
        if self._moment is None:
            return
        rate = self._moment.learning_rate
        shown = show(rate, self._digits, self._moment.decimals(LEARNING_RATE))
        self.type_over(shown)
        self.setText(plain(rate) if self.hasFocus() else shown)

    # Qt

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.isModified():
            self.restore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)  # commits what is a number
        if event.reason() not in SOMEWHERE_ELSE:
            self.restore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes what is typed and Escape takes it back; both give the keys back to the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.restore()
            self.clearFocus()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hasAcceptableInput():
            self.clearFocus()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.picked.emit(LEARNING_RATE)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed.emit(LEARNING_RATE)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)


def _wrapping(font: QFont) -> QLabel:
    label = QLabel()
    label.setFont(font)
    label.setWordWrap(True)
    return label


def _batch_mode(moment: Moment) -> str:
    """Which examples one update is made from."""
    count, rows = len(moment.settings.inputs), moment.rows
    if not moment.graph.trains:
        return "Forward pass only: nothing is trained."
    first, last = (subscripted(moment.textbook.example(row)) for row in (rows[0], rows[-1]))
    if len(rows) == count:
        return f"Batch: one update from all {count} examples." if count > 1 else "One example, one update."
    if len(rows) == 1:
        return f"Online: one update from each example, now {first}."
    return f"Mini-batch: one update from {first}…{last}, {len(rows)} of {count} examples."
