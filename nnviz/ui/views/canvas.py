"""The network itself: neurons, edges and every number on them, as they are at a moment."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from nnviz.engine.changeable import why_fixed
from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.typeset import name_text
from nnviz.lessons.lesson import Lesson
from nnviz.ui.items.board import ZOOM_STEP, Board
from nnviz.ui.items.legend import HEIGHT, STACKED_BELOW, Legend
from nnviz.ui.items.map_scenery import MapScenery
from nnviz.ui.items.number import text_width
from nnviz.ui.items.scenery import Scenery
from nnviz.ui.items.step_scenery import StepScenery
from nnviz.ui.number_field import NumberField, Way
from nnviz.ui.picture.conditions import words_of
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.reader import Reader
from nnviz.ui.style import VALUE, font
from nnviz.ui.views.base import View

FULL_DIGITS = 10
FIELD_MARGIN = 30
SMALLEST = QSize(560, 360)  # what the network is laid out for; where there is less room it is shown smaller
LEAST = QSize(300, 160)
FIELD_WIDTH, FIELD_HEIGHT = 88, 30


class NetworkView(View):
    """The canvas in the middle of the window. `fit` follows its size until the user zooms."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.graph: Graph | None = None
        self.symbols: tuple[str, ...] = ()  # of a text, given before its graph
        self.board = Board(self)
        self.legend = Legend(self.board)
        self.field: NumberField | None = None
        self._scenery: Scenery | MapScenery | StepScenery | None = None
        self._edited_ref: Ref | None = None
        self._follows_size = True
        self._name_widgets()
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self.board)
        self.setFocusProxy(self.board)
        self._connect()

    def keep_out(self, left: int, right: int) -> None:
        """Leave room at both sides for what lies beside the picture."""
        self._box.setContentsMargins(left, 0, right, 0)

    def _name_widgets(self) -> None:
        self.setMinimumSize(LEAST)
        self.setAccessibleName("Network")
        self.board.setAccessibleName("Network")
        self.board.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _connect(self) -> None:
        self.board.clicked.connect(self._on_clicked)
        self.board.left.connect(self.behind_enter.forget)
        self.board.clicked_beside.connect(self._on_clicked_beside)
        self.board.opened.connect(self._on_opened)
        self.board.hovered.connect(self._on_hovered)
        self.board.zoomed.connect(self._on_zoomed)
        self.board.resized.connect(self._on_resized)
        self.board.slid.connect(self._on_slid)
        self.board.typed.connect(self._on_typed)
        self.board.tip_wanted.connect(self._on_tip_wanted)

    # A network, a moment

    is_passing = False  # one moment of many in a run at full speed: no factor is given a number

    def show_lesson(self, lesson: Lesson) -> None:
        self.symbols = lesson.symbols
        super().show_lesson(lesson)

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self._abandon()
        self.graph = graph
        self.moment = None
        self.selection = self.pointed_at = None
        self._follows_size = True
        self.board.scene().clear()
        self._scenery = self._made(graph, textbook)
        is_of_edges = isinstance(self._scenery, Scenery)
        self.legend.setVisible(is_of_edges)  # it explains edges, which the others do not have
        self._arrange()

    def _made(self, graph: Graph, textbook: Textbook) -> Scenery | MapScenery | StepScenery:
        if graph.has_steps:
            return StepScenery(self.board.scene(), graph, self.symbols)
        return (MapScenery if graph.has_maps else Scenery)(self.board.scene(), graph, textbook)

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        self._abandon()
        if digits != self.digits:
            self.digits = digits
            self._arrange()
        super().show_moment(moment, depth, digits)

    def show_selection(self, ref: Ref | None) -> None:
        super().show_selection(ref)
        self.board.can_type = ref is not None and self.can_edit(ref)

    def refresh(self) -> None:
        if self._scenery is None or self.moment is None:
            return
        marks = (self.selection, self.pointed_at)
        reader = Reader(self.moment, self.stepping, self.digits, *marks, with_tags=not self.is_passing)
        self.legend.show_state(self._scenery.show(reader), self.zoom_percent())
        self.board.can_slide = isinstance(self._scenery, StepScenery) and self._scenery.can_slide
        if isinstance(self._scenery, Scenery):
            self.legend.show_conditions(self._scenery.conditions)
        self.board.setAccessibleDescription(self._place_in_words())

    def _place_in_words(self) -> str:
        assert self.moment is not None
        leaf = self.moment.leaf
        if self.selection is not None:
            return f"Selected: {self.moment.notation.caption(self.selection)}"
        return self.moment.notation.caption(leaf.ref) if leaf else "Nothing is computed yet"

    # What is drawn

    def refs(self) -> list[Ref]:
        """The addresses of all numbers that are drawn now."""
        items = self.board.items_with_numbers()
        return list(dict.fromkeys(number.ref for item in items for number in item.numbers()))

    def rect_of(self, ref: Ref) -> QRectF | None:
        """Where a number is drawn, in the coordinates of the viewport of `board`."""
        return self.board.rect_of(ref)

    # Zoom

    def zoom_in(self) -> None:
        self.board.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        self.board.zoom_by(1 / ZOOM_STEP)

    def fit(self) -> None:
        """Show all of the network, and follow the size of the view again."""
        self._follows_size = True
        self._arrange()
        self.refresh()

    def zoom_percent(self) -> int:
        """100 is the size at which a neuron has its full measure."""
        shrunk = self._scenery.shrunk if self._scenery else 1.0
        return round(100 * self.board.transform().m11() * shrunk)

    def _arrange(self) -> None:
        """Lay the network out for the size of the view."""
        if self._scenery is None:
            return
        room = self.board.viewport().size()
        size = room.expandedTo(SMALLEST)
        layout = self._scenery.arrange(size.width(), size.height(), self.digits)
        if self._follows_size:
            self.board.setSceneRect(0, 0, layout.width, layout.height)
            self.board.resetTransform()
            shrunk = min(room.width() / size.width(), room.height() / size.height())
            self.board.scale(layout.scale * shrunk, layout.scale * shrunk)

    # Edits

    def can_edit(self, ref: Ref) -> bool:
        """Whether a number is data or a parameter."""
        return self.moment is not None and self.moment.can_edit(ref)

    def open_field(self, ref: Ref, typed: str = "", at: QRectF | None = None) -> None:
        """Let a number be typed in its place, or `at` a repetition of it; `typed` is its first character."""
        self._abandon()
        rect = at or self.rect_of(ref)
        ref = self.moment.source(ref) if self.moment is not None else ref
        value = self.moment.value(ref) if self.moment is not None else None
        if self.moment is not None and (reason := why_fixed(self.moment, ref)):
            self.fixed.emit(reason)
            return
        if self.moment is None or rect is None or value is None:
            return
        text = show(value, FULL_DIGITS, self.moment.decimals(ref))
        self._edited_ref = ref
        self.field = self._field_at(rect, text)
        if typed:
            self.field.type_first(typed)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _field_at(self, rect: QRectF, text: str) -> NumberField:
        field = NumberField(text, self.board.viewport())
        field.setAccessibleName("New value")
        field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        field.setFont(font(VALUE, 600))
        field.accepted.connect(self._on_accepted)
        field.refused.connect(self._on_refused)
        field.abandoned.connect(self._on_abandoned)
        needed = round(text_width(text, VALUE)) + FIELD_MARGIN
        field.setGeometry(_inside(rect, needed, self.board.viewport().rect()))
        field.show()
        return field

    def _abandon(self) -> None:
        if self.field is not None:
            self.field.abandon()

    def _close_field(self) -> Way | None:
        """Put the field away; which way the keys lead to from there."""
        if self.field is None:
            return None
        field, self.field = self.field, None
        self.board.setFocus()
        field.hide()
        field.deleteLater()
        return field.way

    def _on_accepted(self, value: float) -> None:
        ref, way = self._edited_ref, self._close_field()
        if ref is not None:
            self.edited.emit(ref, value)
            self.type_on(ref, way)

    @Slot()
    def _on_abandoned(self) -> None:
        self.type_on(self._edited_ref, self._close_field())

    def _on_refused(self, why: str) -> None:
        if self.field is not None:
            self.field.setToolTip(why)
            QToolTip.showText(self.field.mapToGlobal(self.field.rect().bottomLeft()), why, self.field)

    # The pointer

    def _on_clicked(self, number: Number) -> None:
        self.behind_enter.forget()
        self.picked.emit(number.ref)

    def _on_clicked_beside(self, point: QPointF) -> None:
        self.behind_enter.forget()
        if isinstance(self._scenery, StepScenery) and self._scenery.click(point):
            self.refresh()

    def _on_slid(self, turns: float, pixels: float) -> None:
        """A turn of the wheel is one step of time, and so is the width of a column."""
        if isinstance(self._scenery, StepScenery):
            pitch = self._scenery.pitch * self.board.transform().m11()
            if self._scenery.slide(turns + pixels / pitch):
                self.refresh()

    def _on_opened(self, number: Number, rect: QRectF) -> None:
        self.open_field(number.ref, at=rect)

    def _on_typed(self, text: str) -> None:
        if self.selection is not None:
            self.open_field(self.selection, text)

    def _on_hovered(self, number: Number | None) -> None:
        self.pointed.emit(number.ref if number else None)

    def _on_tip_wanted(self, number: Number | None, at: QPoint) -> None:
        QToolTip.showText(at, self._tip(number) if number else "", self.board)

    def _tip(self, number: Number) -> str:
        """Name, meaning and all digits of a number."""
        assert self.moment is not None
        ref = number.ref
        caption, name = self.moment.notation.caption(ref), name_text(self.moment.notation.name(ref))
        value = self.moment.value(ref)
        if value is None:
            return f"{caption}: not computed yet"
        shown = show(value, FULL_DIGITS, self.moment.decimals(ref))
        hint = "\nDouble-click to change" if self.can_edit(ref) else ""
        state = words_of(self.moment, ref)
        return "\n".join(filter(None, (caption, f"{name} = {shown}{hint}", state)))

    @Slot()
    def _on_zoomed(self) -> None:
        self._follows_size = False
        if self.field is not None:
            self.field.accept()
        self.legend.show_state(self.legend.below, self.zoom_percent())

    @Slot()
    def _on_resized(self) -> None:
        size = self.board.size()
        self.legend.is_stacked = size.height() < STACKED_BELOW
        self.legend.setGeometry(0, size.height() - HEIGHT, size.width(), HEIGHT)
        if self._follows_size:
            self._arrange()
            self.refresh()


def _inside(rect: QRectF, needed: int, area: QRect) -> QRect:
    """A field over a number, wide enough for all its digits and kept inside the view."""
    width = min(max(FIELD_WIDTH, needed, round(rect.width()) + 24), area.width())
    x = min(max(0, round(rect.center().x() - width / 2)), area.width() - width)
    y = min(max(0, round(rect.center().y() - FIELD_HEIGHT / 2)), area.height() - FIELD_HEIGHT)
    return QRect(x, y, width, FIELD_HEIGHT)
