"""The equation strip: what the step, or the selected number, is made of, and a sentence about it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from nnviz.engine.changeable import why_fixed
from nnviz.engine.explain import Explanation
from nnviz.engine.formula import Quantity
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import line, name_text, shown
from nnviz.ui import style
from nnviz.ui.formula_drawing import Placed, Use
from nnviz.ui.formula_panel import FormulaPanel
from nnviz.ui.formula_sheet import MARGIN, SCROLL_BAR, Room, sheet
from nnviz.ui.strip_header import StripHeader
from nnviz.ui.tags import factor_tags
from nnviz.ui.views.base import View

BAR = 5  # the mark in the hue of the pass at the left
LEFT, RIGHT, TOP, BOTTOM = 24, 16, 8, 10
FADE = 16  # the height over which formulas fade out where there is more below
LEAST_FORMULAS = 56
NARRATION_ALONE = 17  # px of a narration that has no equation above it


class EquationStrip(View):
    """An `Explanation` as the class reads it: symbols above numbers, result, narration.

    `went_to` asks for the step that computes a number, `dismissed` for the explanation of the step.
    """

    went_to = Signal(object)  # Ref
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None, scale: float = 1.0) -> None:
        super().__init__(parent)
        self.scale = scale
        self.explanation: Explanation | None = None
        self.header = StripHeader(scale, self)
        self.panel = FormulaPanel()
        self.area = _scroll_area(self.panel, self)
        self.fade = Fade(self)
        self.narration = QLabel()
        self.narration.setWordWrap(True)
        self.narration.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.narration_area = _scroll_area(self.narration, self)
        self.narration_area.setWidgetResizable(True)
        self.fade.raise_()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing behind it needs painting
        self._laid_out_for: tuple | None = None
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        self.area.verticalScrollBar().valueChanged.connect(self._show_fade)
        self.area.verticalScrollBar().rangeChanged.connect(self._show_fade)
        self.panel.picked.connect(self.behind_enter.forget)
        self.panel.picked.connect(self.picked)
        self.panel.pointed.connect(self.pointed)
        self.panel.edited.connect(self.edited)
        self.panel.typed_on.connect(self.type_on)
        self.panel.opened.connect(self.edit_number)
        self.panel.refused.connect(self._on_refused)
        self.panel.closed.connect(self.setFocus)
        self.header.copy.clicked.connect(self.copy_text)
        self.header.back.clicked.connect(self.dismissed)
        self.header.go.clicked.connect(self._on_go)
        self.header.edit.clicked.connect(self.edit_selected)

    # What is shown

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        """The explanation of the moment follows; nothing is drawn anew before."""
        self.moment, self.stepping, self.digits = moment, depth, digits

    def show_explanation(self, explanation: Explanation) -> None:
        """Equations and narration of a step or of the selected number."""
        self.explanation = explanation
        self._laid_out_for = None
        self.header.show_place(explanation.into, explanation.crumbs)
        self._show_actions()
        self.narration.setText(explanation.narration)
        self.setAccessibleName(" › ".join(explanation.crumbs))
        self.setAccessibleDescription(self.text())
        self._arrange()
        self._show_phase()

    def show_selection(self, ref: Ref | None) -> None:
        self.selection = ref
        self.panel.show_selection(ref)
        self._show_actions()

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref
        self.panel.show_pointed(ref)

    def refresh(self) -> None:
        self.header.refresh()
        self._show_phase()

    def _show_phase(self) -> None:
        into = self.explanation.into if self.explanation else None
        self.panel.show_phase(style.colors().phase(into))
        self.update()

    def text(self) -> str:
        """The explanation in plain text, for the clipboard and for those who listen."""
        if self.explanation is None:
            return ""
        lines = [line(equation, self.digits) for equation in self.explanation.equations]
        lines += [self._given_text(quantity) for quantity in self.explanation.given]
        if self.explanation.omitted:
            lines.append(f"… and {self.explanation.omitted:,} more like these")
        return "\n".join([*lines, self.explanation.narration])

    def copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _given_text(self, quantity: Quantity) -> str:
        return f"{name_text(quantity.name)} = {shown(quantity, self.digits)} (given)"

    # Editing

    def edit_selected(self) -> None:
        """Type another value for the selected number, where that is possible."""
        if self.selection is not None:
            self.edit_number(self.selection)

    def edit_number(self, ref: Ref) -> None:
        if self.moment is None:
            return
        if reason := why_fixed(self.moment, ref):
            self.fixed.emit(reason)
            return
        value = self.moment.value(self.moment.source(ref))
        if value is not None and self.panel.edit(ref, show(value, 10, self.moment.decimals(ref))):
            field = self.panel.field
            assert field is not None
            self.area.ensureWidgetVisible(field, 0, 4)

    def can_edit(self, ref: Ref) -> bool:
        return self.moment is not None and self.moment.can_edit(ref)

    def _on_refused(self, why: str) -> None:
        """Why a number is refused stands in the place of the narration, until something else is typed."""
        told = self.explanation.narration if self.explanation else ""
        self.narration.setText(f"Not a number: {why}." if why else told)
        self._arrange()

    # Actions

    def _show_actions(self) -> None:
        ref, moment = self.selection, self.moment
        if ref is None or moment is None:
            self.header.show_actions(back=False, go=False, edit=False)
            return
        computed = moment.outline.completed_at(ref) is not None
        self.header.show_actions(back=True, go=computed, edit=self.can_edit(ref))

    def _on_go(self) -> None:
        self.went_to.emit(self.selection)

    # Places

    def _arrange(self) -> None:
        """Header, formulas and narration below each other; the narration always gets the room it needs."""
        s = self.scale
        has_formulas = self.explanation is not None and bool(
            self.explanation.equations or self.explanation.given
        )
        self.narration.setFont(style.font((style.NARRATION if has_formulas else NARRATION_ALONE) * s))
        left, top = round(BAR + (LEFT - BAR) * s), round(TOP * s)
        width = self.width() - left - round(RIGHT * s)
        header = self.header.sizeHint().height()
        self.header.setGeometry(left, top, width, header)
        top += header + round(2 * s)
        space = max(0, self.height() - top - round(BOTTOM * s))
        wanted = self.narration.heightForWidth(width)
        if not has_formulas:
            self.area.hide()
            self.fade.hide()
            self.narration_area.setGeometry(left, top + round(6 * s), width, space - round(6 * s))
            self._show_sheet(Placed())
            return
        told = min(wanted, max(space - round(LEAST_FORMULAS * s), 0))
        place = QRect(left - MARGIN, top, width + MARGIN, max(0, space - told - round(2 * s)))
        self.narration_area.setGeometry(left, top + space - told, width, told)
        self.area.show()
        self.area.setGeometry(place)
        fade = round(FADE * s)
        self.fade.setGeometry(place.adjusted(0, place.height() - fade, -SCROLL_BAR, 0))
        self._set(place.size())

    def _set(self, size: QSize) -> None:
        """Set the equations for a size, unless they are."""
        assert self.explanation is not None
        key = (size.width(), size.height(), self.digits, id(self.explanation))
        if key == self._laid_out_for or (self._laid_out_for is not None and self.panel.field is not None):
            return
        self._laid_out_for = key
        room = Room(size.width(), size.height(), self.scale)
        self._show_sheet(sheet(self.explanation, self.digits, room, factor_tags(self.explanation)))

    def _show_sheet(self, placed: Placed) -> None:
        focus = self.moment.focus if self.moment else None
        self.panel.show_formulas(placed, focus, self._has_just_computed())
        room = self.area.size()
        if placed.height > room.height():
            room -= QSize(self.area.verticalScrollBar().sizeHint().width(), 0)
        self.panel.resize(self.panel.sizeHint().expandedTo(room))
        self.area.verticalScrollBar().setValue(self._down_to_newest())

    def _down_to_newest(self) -> int:
        """How far to scroll so that what a step of one neuron has just computed is in sight."""
        results = [one.rect for one in self.panel.placed.factors if one.factor.use is Use.RESULT]
        if not results or self.stepping >= Depth.LAYER or not self._has_just_computed():
            return 0
        return max(0, round(results[-1].bottom()) + BOTTOM - self.area.height())

    def _show_fade(self) -> None:
        bar = self.area.verticalScrollBar()
        self.fade.setVisible(bar.value() < bar.maximum())

    def _has_just_computed(self) -> bool:
        """Whether the last result is the number that the last step has made."""
        if self.selection is not None or self.moment is None or self.moment.leaf is None:
            return False
        equations = self.explanation.equations if self.explanation else ()
        leaf = self.moment.leaf
        return bool(equations) and (leaf.term is not None or equations[-1].target.ref == leaf.ref)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(836, 200) * self.scale

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 130) * self.scale

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.behind_enter.forget()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.edit_selected()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = style.colors()
        hue, _ = colors.phase(self.explanation.into if self.explanation else None)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colors.panel))
            painter.fillRect(0, 0, self.width(), 1, QColor(colors.line))
            painter.fillRect(0, 0, BAR, self.height(), QColor(hue))
            if self.hasFocus():
                painter.setPen(QColor(colors.positive))
                painter.drawRect(self.rect().adjusted(BAR, 0, -1, -1))


class Fade(QWidget):
    """Lets what is cut off at the bottom fade into the panel: there is more below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        panel = style.colors().panel
        gradient = QLinearGradient(0, 0, 0, self.height())
        gradient.setColorAt(0, style.with_alpha(panel, 0))
        gradient.setColorAt(1, QColor(panel))
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), gradient)


def _scroll_area(inside: QWidget, parent: QWidget) -> QScrollArea:
    """A place that scrolls its content if it must, without taking keys from the window."""
    area = QScrollArea(parent)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    inside.setAutoFillBackground(False)  # setWidget switches it on
    area.viewport().setAutoFillBackground(False)
    return area
