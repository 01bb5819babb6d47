"""The widget that shows placed formulas: factors can be hovered over, clicked and edited in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from nnviz.engine.ref import Ref
from nnviz.engine.typeset import name_text
from nnviz.ui import style
from nnviz.ui.formula_drawing import Factor, Lights, Placed, PlacedFactor, Use, paint
from nnviz.ui.number_field import NumberField, Way


class FormulaPanel(QWidget):
    """Formulas, and the pointer over them.

    `focus` is the example whose numbers are addressed without one, so that a number has one address
    wherever it stands.
    """

    picked = Signal(object)  # Ref
    pointed = Signal(object)  # Ref or None
    opened = Signal(object)  # Ref: double-clicked
    edited = Signal(object, float)  # Ref, the new value
    closed = Signal()  # the field, which had the focus
    typed_on = Signal(object, object)  # Ref, the Way to the next number or None
    refused = Signal(str)  # what was typed is not a number, and why; empty when that is over

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.placed = Placed()
        self.field: NumberField | None = None
        self._edits: Ref | None = None
        self._focus: int | None = None
        self._filled: frozenset[int] = frozenset()
        self._phase = ("", "")
        self._pointed: Ref | None = None
        self._selected: Ref | None = None
        self._hovered: Ref | None = None
        self._pressed: Ref | None = None
        self.setMouseTracking(True)

    def show_formulas(self, placed: Placed, focus: int | None, filled: bool) -> None:
        """Other formulas; `filled` marks the last result as just computed."""
        self.close_field()
        self.placed, self._focus = placed, focus
        results = [i for i, one in enumerate(placed.factors) if one.factor.use is Use.RESULT]
        self._filled = frozenset(results[-1:] if filled else ())
        self._set_hovered(None)
        self.updateGeometry()
        self.update()

    def show_phase(self, phase: tuple[str, str]) -> None:
        self._phase = phase
        self.update()

    def show_selection(self, ref: Ref | None) -> None:
        self._selected = self._own(ref)
        self.update()

    def show_pointed(self, ref: Ref | None) -> None:
        if self._own(ref) != self._pointed:
            self._pointed = self._own(ref)
            self.update()

    def factor_at(self, point: QPointF) -> PlacedFactor | None:
        return next((one for one in self.placed.factors if one.rect.contains(point)), None)

    # Editing

    def edit(self, ref: Ref, text: str) -> bool:
        """Open a field over a number; False if it is not shown here."""
        one = self._number(ref)
        if one is None:
            return False
        self.close_field()
        field = NumberField(text, self)
        font = style.font(max(14, one.factor.px * 0.7), 600)
        field.setFont(font)
        field.setGeometry(self._field_place(one.rect, field))
        field.setAccessibleName(f"New value of {one.factor.quantity.caption}")
        field.accepted.connect(self._on_accepted)
        field.abandoned.connect(self._on_abandoned)
        field.refused.connect(self.refused)
        field.textEdited.connect(self._on_typed)
        field.show()
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field, self._edits = field, ref
        return True

    def close_field(self) -> None:
        if self.field is None:
            return
        field, self.field = self.field, None
        had_focus = field.hasFocus()
        field.blockSignals(True)
        field.hide()
        field.deleteLater()
        self.refused.emit("")
        if had_focus:
            self.closed.emit()

    def _number(self, ref: Ref) -> PlacedFactor | None:
        """Where a number stands, as a factor or else as a result; its symbol, where that says it all."""
        shown = [one for one in self.placed.factors if self._own(one.factor.quantity.ref) == self._own(ref)]
        numbers = [one for one in shown if one.factor.use is not Use.SYMBOL]
        return next(iter((*numbers, *shown)), None)

    def _field_place(self, rect: QRectF, field: NumberField) -> QRect:
        width = max(round(rect.width()) + 24, field.sizeHint().width())
        height = max(round(rect.height()) + 8, field.sizeHint().height())  # hides the frame of a selection
        left = min(max(0, round(rect.left()) - 4), max(0, self.width() - width))
        top = min(max(0, round(rect.center().y() - height / 2)), max(0, self.height() - height))
        return QRect(left, top, width, height)

    def _on_accepted(self, value: float) -> None:
        ref, way = self._edits, self._way
        self.close_field()
        self.edited.emit(ref, value)
        self.typed_on.emit(ref, way)

    def _on_abandoned(self) -> None:
        ref, way = self._edits, self._way
        self.close_field()
        self.typed_on.emit(ref, way)

    @property
    def _way(self) -> Way | None:
        return self.field.way if self.field is not None else None

    def _on_typed(self) -> None:
        self.refused.emit("")

    # Which number is which

    def _own(self, ref: Ref | None) -> Ref | None:
        """An address with the focus example left away."""
        if ref is not None and ref.example is not None and ref.example == self._focus:
            return replace(ref, example=None)
        return ref

    def _lights(self) -> Lights:
        def places(wanted: Ref | None, meets: Callable[[Factor], bool] = lambda _: True) -> frozenset[int]:
            if wanted is None:
                return frozenset()
            shown = enumerate(self.placed.factors)
            return frozenset(
                i for i, one in shown if self._own(one.factor.quantity.ref) == wanted and meets(one.factor)
            )

        selected = places(self._selected, lambda factor: factor.use is not Use.SYMBOL)
        return Lights(places(self._hovered or self._pointed), selected, self._filled, self._phase)

    def _set_hovered(self, ref: Ref | None) -> None:
        if ref == self._hovered:
            return
        self._hovered = ref
        self.setCursor(Qt.CursorShape.PointingHandCursor if ref else Qt.CursorShape.ArrowCursor)
        self.pointed.emit(ref)
        self.update()

    def _ref_at(self, point: QPointF) -> Ref | None:
        one = self.factor_at(point)
        return self._own(one.factor.quantity.ref) if one else None

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(round(self.placed.width + 0.5), round(self.placed.height + 0.5))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint(painter, self.placed, self._lights())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hovered(self._ref_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hovered(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.field is not None:
            self.field.accept()
        if event.button() is Qt.MouseButton.LeftButton and self.field is None:
            self._pressed = self._ref_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        ref = self._pressed if self.field is None else None
        if event.button() is Qt.MouseButton.LeftButton and ref and self._ref_at(event.position()) == ref:
            self.picked.emit(ref)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The first click has been picked already and may have brought up other formulas: what counts is
        # the number that was under the pointer then.
        if event.button() is Qt.MouseButton.LeftButton and self._pressed is not None:
            ref, self._pressed = self._pressed, None
            self.opened.emit(ref)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tooltip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _show_tooltip(self, point: QPoint, on_screen: QPoint) -> None:
        one = self.factor_at(QPointF(point))
        if one is None:
            QToolTip.hideText()
            return
        quantity = one.factor.quantity
        words = quantity.caption or name_text(quantity.name)
        QToolTip.showText(on_screen, words, self, one.rect.toAlignedRect())
