"""Rows of choices, each with a sentence that says what it means."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QStandardItem,
    QStandardItemModel,
    QValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from nnviz.engine.numbers import parse
from nnviz.lessons.offers import Offer
from nnviz.ui import style

LABEL_WIDTH, CONTROL_HEIGHT, ARROW, BELOW = 92, 28, 16, 7
SERIES = (1.0, 2.0, 5.0)
LARGEST = 1e6


class Chooser(QComboBox):
    """One of some offers; those that are not possible are faded, and their tool tip says why."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(style.font(style.CONTROL))
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.offered: tuple[Offer, ...] = ()
        self.activated.connect(self._on_activated)

    def offer(self, offered: Iterable[Offer], key: str) -> None:
        """Other offers, one of them chosen."""
        offered = tuple(offered)
        if offered != self.offered:
            self.offered = offered
            model = QStandardItemModel(self)
            for one in offered:
                model.appendRow(_item(one))
            self.setModel(model)
        self.setCurrentIndex(next((i for i, one in enumerate(offered) if one.key == key), -1))
        self.setToolTip(self.sentence)

    @property
    def key(self) -> str:
        return self.offered[self.currentIndex()].key if self.currentIndex() >= 0 else ""

    @property
    def sentence(self) -> str:
        """What the choice means."""
        return self.offered[self.currentIndex()].sentence if self.currentIndex() >= 0 else ""

    def _on_activated(self, _: int) -> None:
        self.setToolTip(self.sentence)
        self.chosen.emit(self.key)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """With an arrow, which the style sheet takes away."""
        super().paintEvent(event)
        side = ARROW
        place = QRect(self.width() - side - 6, (self.height() - side) // 2, side, side)
        style.icon("chevron-down", style.colors().muted, side).paint(QPainter(self), place)

    def event(self, event: QEvent) -> bool:
        """Arrows and letters choose while the focus is here; they are no commands of the window then."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            shift = Qt.KeyboardModifier.ShiftModifier
            if event.key() != Qt.Key.Key_Escape and not event.modifiers() & ~shift:
                event.accept()
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the page, it does not change a choice that happens to lie under it."""
        event.ignore()


def _item(offer: Offer) -> QStandardItem:
    item = QStandardItem(offer.title)
    item.setToolTip(offer.problem or offer.sentence)
    item.setEnabled(not offer.problem)
    return item


class CountBox(QSpinBox):
    """A whole number."""

    def __init__(self, name: str, least: int, most: int, special: str = "") -> None:
        super().__init__()
        self.setRange(least, most)
        self.setSpecialValueText(special)
        _prepare(self, name)

    def show_value(self, value: int) -> None:
        """Show a number that nobody typed."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class NumberBox(QDoubleSpinBox):
    """A number that is typed as anywhere in nnviz; its arrows lead along 1, 2, 5, 10, 20, 50, …"""

    def __init__(self, name: str, least: float, most: float = LARGEST, special: str = "") -> None:
        super().__init__()
        self.setDecimals(12)
        self.setRange(least, most)
        self.setSpecialValueText(special)
        _prepare(self, name)

    def show_value(self, value: float) -> None:
        """Show a number that nobody typed."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    # Qt

    def textFromValue(self, value: float) -> str:
        return f"{value:.10g}"

    def valueFromText(self, text: str) -> float:
        if text == self.specialValueText():
            return self.minimum()
        try:
            return parse(text)
        except ValueError:
            return self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        try:
            value = parse(text)
        except ValueError:
            is_special = bool(text) and text == self.specialValueText()
            state = QValidator.State.Acceptable if is_special else QValidator.State.Intermediate
            return state, text, position
        inside = self.minimum() <= value <= self.maximum()
        return (
            QValidator.State.Acceptable if inside else QValidator.State.Intermediate,
            text,
            position,
        )

    def stepBy(self, steps: int) -> None:
        for _ in range(abs(steps)):
            self.setValue(_next(self.value(), self.minimum()) if steps > 0 else _before(self.value()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _next(value: float, least: float) -> float:
    """The next number of the series; from nothing on, a thousandth."""
    if value <= 0.0 or value < 1e-9:
        return max(0.001, least)
    decade = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return next((one * decade for one in (*SERIES, 10.0) if one * decade > value * (1 + 1e-9)), 10 * decade)


def _before(value: float) -> float:
    if value <= 0.001 * (1 + 1e-9):
        return 0.0
    decade = 10.0 ** math.floor(math.log10(value) + 1e-9)
    lower = [one * scale for scale in (decade / 10, decade) for one in SERIES]
    return max((one for one in lower if one < value * (1 - 1e-9)), default=0.0)


def _prepare(box: QAbstractSpinBox, name: str) -> None:
    box.setAccessibleName(name)
    box.setFont(style.font(style.CONTROL))
    box.setFixedHeight(CONTROL_HEIGHT)
    box.setKeyboardTracking(False)
    box.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
    style.frame_control(box)


class Row:
    """A label, its control, and a sentence below it."""

    def __init__(self, form: Form, place: int, label: str, control: QWidget, sentence: str) -> None:
        self.form, self.control = form, control
        self.label, self.note = QLabel(label), QLabel(sentence)
        self.label.setFont(style.font(style.CONTROL))
        self.label.setBuddy(control)
        self.label.setFixedWidth(LABEL_WIDTH)
        self.note.setFont(style.font(style.CAPTION))
        self.note.setWordWrap(True)
        self.note.setContentsMargins(0, 0, 0, BELOW)
        top = Qt.AlignmentFlag.AlignTop if control.maximumHeight() > CONTROL_HEIGHT else Qt.AlignmentFlag(0)
        form.grid.addWidget(self.label, 2 * place, 0, top)
        form.grid.addWidget(control, 2 * place, 1)
        form.grid.addWidget(self.note, 2 * place + 1, 1)
        self.set_sentence(sentence)

    def set_sentence(self, text: str) -> None:
        """What the choice means, below the control or, in a compact form, in its tool tip only."""
        self.note.setText(text)
        self.note.setVisible(bool(text) and not self.form.is_compact and not self.control.isHidden())
        self.label.setToolTip(text)
        if not isinstance(self.control, Chooser):
            self.control.setToolTip(text)

    def set_shown(self, shown: bool) -> None:
        """Whether the choice matters now."""
        self.label.setVisible(shown)
        self.control.setVisible(shown)
        self.note.setVisible(shown and bool(self.note.text()) and not self.form.is_compact)


class Form(QWidget):
    """Rows of choices below each other. `changed` tells that the user chose something."""

    changed = Signal()

    def __init__(self, is_compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_compact = is_compact
        self.rows: list[Row] = []
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(10)
        self.grid.setVerticalSpacing(3 if not is_compact else 4)
        self.grid.setColumnStretch(1, 1)
        style.theme().changed.connect(self.recolor)

    def add(self, label: str, control: QWidget, sentence: str = "") -> Row:
        """A choice below the others."""
        row = Row(self, len(self.rows), label, control, sentence)
        self.rows.append(row)
        if isinstance(control, Chooser):
            control.chosen.connect(self._on_changed)
        elif isinstance(control, CountBox | NumberBox):
            control.valueChanged.connect(self._on_changed)
        self.recolor()
        return row

    def recolor(self) -> None:
        """Sentences in the muted color of the theme, frames that can be seen."""
        for row in self.rows:
            palette = row.note.palette()
            palette.setColor(row.note.foregroundRole(), QColor(style.colors().muted))
            row.note.setPalette(palette)
            if isinstance(row.control, QAbstractSpinBox):
                style.frame_control(row.control)

    def _on_changed(self, _: object = None) -> None:
        self.changed.emit()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        """The style sheet has its colors first."""
        super().showEvent(event)
        self.recolor()
