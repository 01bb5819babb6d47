"""Boxes for typed numbers: what does not fit is refused in words, and the old number stays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox

from nnviz.engine.numbers import ambiguity, parse, parse_whole
from nnviz.ui import style

CONTROL_HEIGHT = 28
SERIES = (1.0, 2.0, 5.0)
LARGEST, TINY = 1e6, 1e-9
ACCEPTABLE, INTERMEDIATE = QValidator.State.Acceptable, QValidator.State.Intermediate


class CountBox(QSpinBox):
    """A whole number. `refused` says what was typed in vain, and "" when that is over.

    `typed` tells of every key, before there is another number.
    """

    refused = Signal(str)
    typed = Signal()

    def __init__(self, name: str, least: int, most: int, special: str = "") -> None:
        super().__init__()
        self.setRange(least, most)
        self.setSpecialValueText(special)
        _prepare(self, name)
        self.valueChanged.connect(self._on_typed)
        self.lineEdit().textEdited.connect(self._on_typed)

    def show_value(self, value: int) -> None:
        """Show a number that nobody typed."""
        _show(self, value)

    @property
    def is_typed_over(self) -> bool:
        """Whether another text stands here than that of its number."""
        return self.text() != _text(self)

    @property
    def wanted(self) -> str:
        """What may be typed."""
        return f"a whole number from {self.minimum():,} to {self.maximum():,}"

    def _on_typed(self, _: object) -> None:
        self.refused.emit("")

    # Qt

    def textFromValue(self, value: int) -> str:
        return str(value)

    def valueFromText(self, text: str) -> int:
        return self.minimum() if text == self.specialValueText() else parse_whole(_bare(self, text))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return _judged(self, text, parse_whole), text, position

    def fixup(self, text: str) -> str:
        """What cannot be taken is told; it is not made into another number."""
        self.refused.emit(_refusal(self, text))
        return text

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class NumberBox(QDoubleSpinBox):
    """A number that is typed as anywhere in nnviz; its arrows lead along 1, 2, 5, 10, 20, 50, …

    `refused` says what was typed in vain, and "" when that is over; `typed` tells of every key, before there
    is another number.
    """

    refused = Signal(str)
    typed = Signal()

    def __init__(self, name: str, least: float, most: float = LARGEST, special: str = "") -> None:
        super().__init__()
        self.setDecimals(12)
        self.setRange(least, most)
        self.setSpecialValueText(special)
        _prepare(self, name)
        self.valueChanged.connect(self._on_typed)
        self.lineEdit().textEdited.connect(self._on_typed)

    def show_value(self, value: float) -> None:
        """Show a number that nobody typed."""
        _show(self, value)

    @property
    def is_typed_over(self) -> bool:
        """Whether another text stands here than that of its number."""
        return self.text() != _text(self)

    @property
    def wanted(self) -> str:
        """What may be typed."""
        least, most = self.minimum(), self.maximum()
        start = "more than 0" if 0.0 < least <= TINY else f"{least:g} or more"
        return f"{start}, at most {most:,.12g}"

    def _on_typed(self, _: object) -> None:
        self.refused.emit("")

    # Qt

    def textFromValue(self, value: float) -> str:
        return f"{value:.10g}"

    def valueFromText(self, text: str) -> float:
        return self.minimum() if text == self.specialValueText() else parse(_bare(self, text))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return _judged(self, text, parse), text, position

    def fixup(self, text: str) -> str:
        """What cannot be taken is told; it is not made into another number."""
        self.refused.emit(_refusal(self, text))
        return text

    def stepBy(self, steps: int) -> None:
        for _ in range(abs(steps)):
            self.setValue(_next(self.value(), self.minimum()) if steps > 0 else _before(self.value()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _next(value: float, least: float) -> float:
    """The next number of the series; from nothing on, a thousandth."""
    if value <= 0.0 or value < TINY:
        return max(0.001, least)
    decade = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return next((one * decade for one in (*SERIES, 10.0) if one * decade > value * (1 + 1e-9)), 10 * decade)


def _before(value: float) -> float:
    if value <= 0.001 * (1 + 1e-9):
        return 0.0
    decade = 10.0 ** math.floor(math.log10(value) + 1e-9)
    lower = [one * scale for scale in (decade / 10, decade) for one in SERIES]
    return max((one for one in lower if one < value * (1 - 1e-9)), default=0.0)


# What both share


def _bare(box: CountBox | NumberBox, text: str) -> str:
    """What is typed, without what the box adds to it."""
    return text.removesuffix(box.suffix()) if box.suffix() else text


def _judged(box: CountBox | NumberBox, text: str, read: Callable[[str], float]) -> QValidator.State:
    """Anything may be typed; whether it can be taken is told when it is done."""
    if text and text == box.specialValueText():
        return ACCEPTABLE
    try:
        value = read(_bare(box, text))
    except ValueError:
        return INTERMEDIATE
    return ACCEPTABLE if box.minimum() <= value <= box.maximum() else INTERMEDIATE


def _refusal(box: CountBox | NumberBox, text: str) -> str:
    found = _bare(box, text).strip() or "nothing"
    if isinstance(box, NumberBox):
        found += ambiguity(found)
    special = box.specialValueText()
    also = f", or “{special}”" if special else ""
    return f"Found {found}, wanted {box.wanted}{also}. It is still {_text(box)}."


def _text(box: CountBox | NumberBox) -> str:
    """How its number is shown."""
    special = box.specialValueText()
    return special if special and box.value() == box.minimum() else f"{box.value():.10g}{box.suffix()}"


def _show(box: Any, value: float) -> None:
    box.blockSignals(True)
    box.setValue(value)
    box.blockSignals(False)
    box.refused.emit("")


def _prepare(box: CountBox | NumberBox, name: str) -> None:
    box.setAccessibleName(name)
    box.lineEdit().textEdited.connect(box.typed)
    box.editingFinished.connect(box.typed)
    box.setFont(style.font(style.CONTROL))
    box.setFixedHeight(CONTROL_HEIGHT)
    box.setKeyboardTracking(False)
    box.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToPreviousValue)
    style.frame_control(box)
