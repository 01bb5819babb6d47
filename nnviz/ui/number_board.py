"""A widget that draws numbers: each can be clicked, hovered over, reached with the keys and typed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from nnviz.engine.changeable import why_fixed
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import name_text
from nnviz.ui import style
from nnviz.ui.cells import Cell, State, paint_frame, text_width
from nnviz.ui.number_field import BehindEnter, NumberField, Way

FULL_DIGITS = 10
FIELD_MARGIN, FIELD_WIDTH, FIELD_HEIGHT = 30, 72, 30
AT_END = "No further number can be typed here."
STARTS_NUMBER = "0123456789.,-−"
Key = Qt.Key
WAYS = {Key.Key_Left: (0, -1), Key.Key_Right: (0, 1), Key.Key_Up: (-1, 0), Key.Key_Down: (1, 0)}
BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class NumberBoard(QWidget):
    """Numbers at places. Subclasses say where they stand (`placed`) and paint them.

    A click picks a number and leaves the arrows to the window; whoever comes by Tab walks with the arrows
    from number to number. Double-click, F2 or the first digit types over what may be edited; Tab goes on from
    there, also behind Enter, until there is no further number: then digits are for none.
    """

    picked = Signal(object)  # Ref
    pointed = Signal(object)  # Ref or None
    edited = Signal(object, float)
    fixed = Signal(str)  # why a number cannot be typed over

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.moment: Moment | None = None
        self.digits = 4
        self.selection: Ref | None = None
        self.pointed_at: Ref | None = None
        self.field: NumberField | None = None
        self.is_walking = False  # with the arrows, from number to number
        self.at: Ref | None = None  # where the keys are
        self._behind_enter = BehindEnter()
        self._is_at_end = False  # Tab has found no further number
        self._hovered: Ref | None = None
        self._appearance: object = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # What is drawn

    def placed(self) -> Iterable[tuple[Ref, QRectF]]:
        """Every number that is drawn now, and where."""
        return ()

    def ref_at(self, point: QPointF) -> Ref | None:
        return next((ref for ref, rect in self.placed() if rect.contains(point)), None)

    def rect_of(self, ref: Ref | None) -> QRectF | None:
        return next((rect for one, rect in self.placed() if one == ref), None)

    def show_numbers(self, moment: Moment | None, digits: int) -> None:
        """Draw the numbers of a moment."""
        if moment is not self.moment or digits != self.digits:
            self.abandon()
        self.moment, self.digits = moment, digits
        now = self.appearance()
        if now is None or now != self._appearance:
            self.update()
        self._appearance = now

    def appearance(self) -> object:
        """What the picture is made of; the same is not painted again. None: anything may have changed."""
        return None

    def show_marks(self, selection: Ref | None, pointed_at: Ref | None) -> None:
        """Frame what is selected and what is hovered over elsewhere."""
        marks = self.plain(selection), self.plain(pointed_at)
        if marks != (self.selection, self.pointed_at):
            self.selection, self.pointed_at = marks
            self.update()

    def plain(self, ref: Ref | None) -> Ref | None:
        """An address without what goes without saying: the focus example and this iteration."""
        if ref is None or self.moment is None:
            return ref
        example = None if ref.example == self.moment.focus else ref.example
        iteration = None if ref.iteration == self.moment.iteration else ref.iteration
        return replace(ref, example=example, iteration=iteration)

    def text_of(self, ref: Ref) -> str:
        """A number as it is shown, empty where it is not computed."""
        value = self.moment.value(ref) if self.moment is not None else None
        if self.moment is None or value is None:
            return ""
        return show(value, self.digits, self.moment.decimals(ref))

    def cell(self, ref: Ref, tone: str = "plain", largest: float = 0.0) -> Cell:
        """A number as the shared cell painter draws it."""
        value = self.moment.value(ref) if self.moment is not None else None
        if self.moment is None or value is None:
            return Cell("", State.EMPTY)
        stage, leaf = self.moment.stage, self.moment.leaf
        is_new = leaf is not None and leaf.term is None and leaf.ref == ref
        return Cell(
            self.text_of(ref),
            State.HIGHLIGHTED if is_new else State.COMPUTED,
            tone,
            value,
            largest,
            stage.into if stage is not None else None,
        )

    def paint_marks(self, painter: QPainter) -> None:
        """The frames around what is hovered over, selected, and where the keys are."""
        c = style.colors()
        for ref, color, out in (
            (self._hovered, c.text, 0),
            (self.pointed_at, c.text, 0),
            (self.selection, c.selection, 3),
        ):
            self._frame(painter, ref, color, out)
        self.paint_keys(painter)

    def paint_keys(self, painter: QPainter) -> None:
        """The frame around where the keys are."""
        is_there = self.is_walking and self.hasFocus()
        self._frame(painter, self.at if is_there else None, style.colors().positive, 1)

    def _frame(self, painter: QPainter, ref: Ref | None, color: str, out: int) -> None:
        rect = self.rect_of(ref) if ref is not None else None
        if rect is not None:
            paint_frame(painter, rect.adjusted(-out, -out, out, out), color)

    # Edits

    def can_edit(self, ref: Ref | None) -> bool:
        return ref is not None and self.moment is not None and self.moment.can_edit(ref)

    def open_field(self, ref: Ref, typed: str = "") -> None:
        """Let a number be typed in its place; `typed` is its first character, if there is one."""
        rect = self.rect_of(ref)
        value = self.moment.value(self.moment.source(ref)) if self.moment is not None else None
        if self.moment is not None and (reason := why_fixed(self.moment, ref)):
            self.fixed.emit(reason)
        if self.moment is None or rect is None or value is None or not self.can_edit(ref):
            return
        self.abandon()
        self.at = ref
        text = show(value, FULL_DIGITS, self.moment.decimals(ref))
        self.field = self._field(rect, text)
        if typed:
            self.field.type_first(typed)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def abandon(self) -> None:
        """Give up what is being typed."""
        if self.field is not None:
            self.field.abandon()

    def _field(self, rect: QRectF, text: str) -> NumberField:
        field = NumberField(text, self)
        field.setAccessibleName("New value")
        field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        field.setFont(style.font(style.VALUE, 600))
        field.accepted.connect(self._on_accepted)
        field.refused.connect(self._on_refused)
        field.abandoned.connect(self._on_abandoned)
        field.setGeometry(self._field_place(rect, text))
        field.show()
        return field

    def _field_place(self, rect: QRectF, text: str) -> QRect:
        needed = round(text_width(text, style.VALUE)) + FIELD_MARGIN
        return _inside(rect, max(FIELD_WIDTH, needed), self.rect())

    def _on_accepted(self, value: float) -> None:
        ref, way = self.at, self._close_field()
        if ref is not None:
            self.edited.emit(ref, value)
            self._go_on(ref, way)

    def _on_abandoned(self) -> None:
        ref, way = self.at, self._close_field()
        if ref is not None:
            self._go_on(ref, way)

    def _go_on(self, ref: Ref, way: Way | None) -> None:
        """To the number that is typed next, as in a table: Tab opens it, Enter waits for its first digit."""
        there = self.beside(ref, way) if way is not None else None
        if there is not None:
            self.pick(there)
        self._behind_enter.note(self.at, way, self.selection)
        if way is None or way is Way.DOWN:
            return
        self._is_at_end = there is None
        if there is not None:
            self.open_field(there)
        else:
            self.fixed.emit(AT_END)

    def beside(self, ref: Ref, way: Way) -> Ref | None:
        """The next number that can be typed over."""
        if way is Way.DOWN:
            there = self.neighbor(ref, 1, 0)
            return there if self.can_edit(there) else None
        refs = [one for one, _ in self.placed() if one == ref or self.can_edit(one)]
        place = refs.index(ref) + (1 if way is Way.NEXT else -1) if ref in refs else -1
        return refs[place] if 0 <= place < len(refs) else None

    def _on_refused(self, why: str) -> None:
        if self.field is not None:
            self.field.setToolTip(why)
            QToolTip.showText(self.field.mapToGlobal(self.field.rect().bottomLeft()), why, self.field)

    def _close_field(self) -> Way | None:
        """Put the field away; which way the keys lead to from there."""
        if self.field is None:
            return None
        field, self.field = self.field, None
        had_focus = field.hasFocus()
        field.hide()
        field.deleteLater()
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        return field.way

    # The pointer and the keys

    def pick(self, ref: Ref) -> None:
        """What a click on a number does."""
        self.at, self._is_at_end = ref, False
        self.picked.emit(ref)
        self.update()

    def hover(self, ref: Ref | None) -> None:
        """What moving onto a number, or off the numbers, does."""
        if ref != self._hovered:
            self._hovered = ref
            self.pointed.emit(ref)
            self.update()

    def neighbor(self, ref: Ref, down: int, right: int) -> Ref | None:
        """The nearest number in a direction."""
        here = self.rect_of(ref)
        if here is None:
            return None
        ahead = []
        for one, rect in self.placed():
            way = rect.center() - here.center()
            along, across = way.x() * right + way.y() * down, abs(way.x() * down) + abs(way.y() * right)
            if along > 1:
                ahead.append((along + 3 * across, one))
        return min(ahead, key=lambda pair: pair[0])[1] if ahead else None

    def tip(self, ref: Ref) -> str:
        """Name, meaning and all digits of a number."""
        assert self.moment is not None
        notation = self.moment.notation
        caption, name = notation.caption(ref), name_text(notation.name(ref))
        value = self.moment.value(ref)
        if value is None:
            return f"{caption}: not computed yet"
        hint = "\nDouble-click to change" if self.can_edit(ref) else ""
        return f"{caption}\n{name} = {show(value, FULL_DIGITS, self.moment.decimals(ref))}{hint}"

    def _takes(self, event: QKeyEvent) -> bool:
        """Whether a key is for the numbers rather than for the window."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or self.at is None:
            return False
        is_typed = event.text() != "" and event.text() in STARTS_NUMBER
        if is_typed and self._is_at_end:
            return False
        if is_typed or event.key() == Key.Key_F2:
            return self.can_edit(self.at) and (self.is_walking or self.at == self.selection)
        return self.is_walking and (event.key() in WAYS or event.key() in (Key.Key_Return, Key.Key_Enter))

    def _walk(self, down: int, right: int) -> None:
        assert self.at is not None
        there = self.neighbor(self.at, down, right)
        if there is not None:
            self.pick(there)

    # Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.setAccepted(self._takes(event))
            return event.isAccepted()
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            ref = self.ref_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.tip(ref) if ref is not None else "", self)
            return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        ref = self._behind_enter.take(self.selection)
        if ref is not None:
            self._go_on(ref, Way.by_tab(forward))
        return self.field is not None or super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._takes(event) or self.at is None:
            event.ignore()
        elif event.key() in WAYS:
            self._walk(*WAYS[Key(event.key())])
        else:
            self.open_field(self.at, event.text() if event.text() in STARTS_NUMBER else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        ref = self.ref_at(event.position())
        self.is_walking = False
        self._behind_enter.forget()
        if ref is not None and event.button() is Qt.MouseButton.LeftButton:
            self.pick(ref)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        ref = self.ref_at(event.position())
        if ref is not None and event.button() is Qt.MouseButton.LeftButton:
            self.open_field(ref)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        ref = self.ref_at(event.position())
        shape = Qt.CursorShape.PointingHandCursor if ref is not None else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)
        self.hover(ref)

    def leaveEvent(self, event: QEvent) -> None:
        self.hover(None)
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in BY_TAB:
            self.is_walking = True
            if self.rect_of(self.at) is None:
                selected = self.rect_of(self.selection) is not None
                self.at = self.selection if selected else next((ref for ref, _ in self.placed()), None)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._is_at_end = False
        self._behind_enter.forget()
        self.update()


def _inside(rect: QRectF, width: int, area: QRect) -> QRect:
    """A field over a number, kept inside the widget."""
    width = min(max(width, round(rect.width())), area.width())
    corner = rect.center().toPoint() - QPoint(width // 2, FIELD_HEIGHT // 2)
    x = min(max(0, corner.x()), area.width() - width)
    y = min(max(0, corner.y()), max(0, area.height() - FIELD_HEIGHT))
    return QRect(x, y, width, FIELD_HEIGHT)
