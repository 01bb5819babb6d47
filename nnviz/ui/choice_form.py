"""Rows of choices, each with a sentence that says what it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QStandardItem,
    QStandardItemModel,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QWidget,
)

from nnviz.lessons.offers import Offer
from nnviz.ui import style
from nnviz.ui.number_boxes import CONTROL_HEIGHT, CountBox, NumberBox

LABEL_WIDTH, ARROW, BELOW = 92, 16, 7


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

    def choose(self, key: str) -> bool:
        """Choose as the user does; False where it is not offered, or not possible."""
        places = [i for i, one in enumerate(self.offered) if one.key == key and not one.problem]
        if places:
            self.setCurrentIndex(places[0])
            self.activated.emit(places[0])
        return bool(places)

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
        with QPainter(self) as painter:
            style.icon("chevron-down", style.colors().muted, side).paint(painter, place)

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


class Row:
    """A label, its control, and a sentence below it, or what was typed into the control in vain."""

    def __init__(self, form: Form, place: int, label: str, control: QWidget, sentence: str) -> None:
        self.form, self.control = form, control
        self.label, self.note = QLabel(label), QLabel(sentence)
        self.sentence, self.problem, self.reason = sentence, "", ""
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
        if isinstance(control, CountBox | NumberBox):
            control.refused.connect(self._on_refused)

    def set_sentence(self, text: str) -> None:
        """What the choice means, below the control or, in a compact form, in its tool tip only."""
        self.sentence = text
        self.label.setToolTip(text)
        if not isinstance(self.control, Chooser):
            self.control.setToolTip(text)
        self._tell()

    def set_reason(self, reason: str) -> None:
        """Why there is nothing to choose here; "" where there is."""
        self.reason = reason
        self.control.setEnabled(not reason)
        self._tell()

    def set_shown(self, shown: bool) -> None:
        """Whether the choice matters now."""
        self.label.setVisible(shown)
        self.control.setVisible(shown)
        self._tell()

    @property
    def is_shown(self) -> bool:
        """Whether the choice matters now."""
        return not self.control.isHidden()

    @property
    def value(self) -> Any:
        """What is chosen."""
        if isinstance(self.control, Chooser):
            return self.control.key
        return self.control.value() if isinstance(self.control, CountBox | NumberBox) else None

    def choose(self, value: Any) -> bool:
        """Choose a value; False where there is nothing to choose, or not this."""
        if self.reason:
            return False
        if isinstance(self.control, Chooser):
            return self.control.choose(value)
        if isinstance(self.control, CountBox | NumberBox):
            self.control.show_value(value)
        return True

    def recolor(self) -> None:
        """In the colors of the theme."""
        c, palette = style.colors(), self.note.palette()
        palette.setColor(self.note.foregroundRole(), QColor(c.backward if self.problem else c.muted))
        self.note.setPalette(palette)
        if isinstance(self.control, QAbstractSpinBox):
            style.frame_control(self.control)

    def _tell(self) -> None:
        """A problem is always told, and why nothing can be chosen."""
        self.note.setText(self.problem or self.reason or self.sentence)
        is_told = bool(self.problem or self.reason or (self.sentence and not self.form.is_compact))
        self.note.setVisible(is_told and self.is_shown)

    def _on_refused(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self._tell()
            self.recolor()


class Form(QWidget):
    """Rows of choices below each other. `changed` tells that the user chose something.

    `typed` tells that a number is being typed, which is chosen when it is finished.
    """

    changed = Signal()
    typed = Signal()

    def __init__(self, is_compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_compact = is_compact
        self.rows: list[Row] = []
        self._settled: dict[Row, Any] = {}
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
            control.typed.connect(self.typed)
        self.recolor()
        return row

    def settle(self) -> None:
        """What is shown now is how things are: what is chosen from here on is another choice."""
        self._settled = {row: row.value for row in self.rows if row.is_shown}

    @property
    def chosen(self) -> Mapping[Row, Any]:
        """The rows in which something else is chosen."""
        shown = {row: row.value for row in self.rows if row.is_shown}
        return {row: value for row, value in shown.items() if value != self._settled.get(row)}

    def choose(self, chosen: Mapping[Row, Any]) -> bool:
        """Choose it again, where other things are shown now; False where something is not possible here."""
        return all([row.choose(value) for row, value in chosen.items()])

    def recolor(self) -> None:
        """Sentences in the muted color of the theme, frames that can be seen."""
        for row in self.rows:
            row.recolor()

    def _on_changed(self, _: object = None) -> None:
        self.changed.emit()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        """The style sheet has its colors first."""
        super().showEvent(event)
        self.recolor()
