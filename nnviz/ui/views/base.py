"""What every view is: it draws one moment and tells what was pointed at."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.lessons.lesson import Lesson
from nnviz.ui.number_field import BehindEnter, NumberField, Way
from nnviz.ui.style import theme


class View(QWidget):
    """A picture of one moment.

    It is given a lesson by `show_lesson`, and again when its network is another one; a moment by
    `show_moment`; and what is selected and pointed at. `set_graph` makes the items of a network once,
    `show_moment` changes only what differs. `picked`, `pointed` and `edited` tell what the user clicked,
    hovers over (None: nothing) and typed, `fixed` why a number cannot be typed over, and `missed` a
    double-click beside them all; the view changes nothing of the run itself.
    """

    picked = Signal(object)  # Ref
    pointed = Signal(object)  # Ref or None
    edited = Signal(object, float)  # Ref, the new value
    fixed = Signal(str)  # why a number cannot be typed over
    missed = Signal()
    typed_on = Signal(object, object)  # Ref that has been typed over, and the Way to the next number or None
    edited_many = Signal(object)  # tuple of (Ref, value): a pasted column
    sought = Signal(int, int)  # iteration, position
    focused = Signal(int)  # an example to focus on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.digits = 4
        self.stepping = Depth.NEURON
        self.moment: Moment | None = None
        self.selection: Ref | None = None
        self.pointed_at: Ref | None = None
        self.behind_enter = BehindEnter()
        theme().changed.connect(self.refresh)

    def show_lesson(self, lesson: Lesson) -> None:
        """Another lesson, or the same one with another network."""
        self.set_graph(lesson.timeline.graph, lesson.textbook)

    def show_plan(self, lesson: Lesson) -> None:
        """The same network with another α, or another end of its run."""

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        """A new network: make the items for it."""

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        """Draw a moment as it is stepped through at a depth."""
        self.moment, self.stepping, self.digits = moment, depth, digits
        self.refresh()

    def show_selection(self, ref: Ref | None) -> None:
        """Frame the selected number."""
        self.selection = ref
        self.refresh()

    def show_pointed(self, ref: Ref | None) -> None:
        """Light up the twin of what is hovered over elsewhere."""
        self.pointed_at = ref
        self.refresh()

    @property
    def unkept(self) -> dict[str, str]:
        """What no file keeps and is lost with the lesson, and how it could be kept."""
        return {}

    def refresh(self) -> None:
        """Bring what is drawn up to date with moment, selection and theme."""
        self.update()

    def type_on(self, ref: Ref | None, way: Way | None) -> None:
        """The field of a number has been closed by a key that leads on from there, or otherwise."""
        self.behind_enter.note(ref, way, self.selection)
        self.typed_on.emit(ref, way)

    # Qt

    def focusNextPrevChild(self, forward: bool) -> bool:
        ref = self.behind_enter.take(self.selection)
        if ref is None:
            return super().focusNextPrevChild(forward)
        self.typed_on.emit(ref, Way.by_tab(forward))
        is_open = isinstance(self.window().focusWidget(), NumberField)
        return is_open or super().focusNextPrevChild(forward)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """What is drawn in the view has nothing there that could be opened."""
        self.missed.emit()
