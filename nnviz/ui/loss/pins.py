"""Runs that are kept to compare others with: their colors, and their names below the plot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from nnviz.engine.moment import Moment
from nnviz.engine.numbers import own_decimals, show
from nnviz.ui import style
from nnviz.ui.loss.curves import MOST_PINS, Pin, Run

ROW, SPACE, SAMPLE, CLOSE = 24, 6, 22, 20
NUMBERS = "①②③④⑤"
MOST_DIGITS = 10


def pin_color(place: int) -> QColor:
    """The color of a pinned curve; its number stands at its end as well, for who cannot tell colors apart."""
    c = style.colors()
    color = (c.forward, c.backward, c.update, c.text, c.outline)[place]
    return style.with_alpha(color, 0.75)


def pin_name(moment: Moment) -> str:
    """What is compared: optimizer and learning rate, such as “Adam, α = 0.01”."""
    rate = moment.settings.learning_rate
    return f"{moment.optimizer.title}, α = {show(rate, MOST_DIGITS, own_decimals([rate]))}"


def with_pin(pins: Sequence[Pin], name: str, run: Run) -> tuple[Pin, ...]:
    """The pins with one more, in the first free place; as they are where none is free."""
    free = [place for place in range(MOST_PINS) if all(pin.place != place for pin in pins)]
    if not free:
        return tuple(pins)
    names = {pin.name for pin in pins}
    numbered = (name if n == 1 else f"{name} ({n})" for n in range(1, MOST_PINS + 1))
    pin = Pin(next(one for one in numbered if one not in names), free[0], run)
    return tuple(sorted((*pins, pin), key=lambda one: one.place))


class PinRow(QWidget):
    """The names of the pinned runs, as many in a row as have room. `removed` tells the place of one."""

    removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[PinChip] = []
        self.hide()

    def show_pins(self, pins: Sequence[Pin]) -> None:
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = [PinChip(pin, self) for pin in pins]
        for chip in self.chips:
            chip.close_button.clicked.connect(partial(self._on_close_clicked, chip.pin.place))
            chip.show()
        self.setVisible(bool(pins))
        self._arrange()

    def _arrange(self) -> None:
        """Row by row."""
        x = y = 0
        for chip in self.chips:
            width = min(chip.sizeHint().width(), self.width())
            if x and x + width > self.width():
                x, y = 0, y + ROW
            chip.setGeometry(x, y, width, ROW)
            x += width + SPACE
        self.setFixedHeight(y + ROW)

    def _on_close_clicked(self, place: int) -> None:
        self.removed.emit(place)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()


class PinChip(QWidget):
    """A piece of the curve, its number, the name of its run, and a × that removes it."""

    def __init__(self, pin: Pin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pin = pin
        self.setToolTip(description(pin))
        self.setAccessibleName(f"Pinned: {pin.name}")
        self.close_button = QToolButton(self)
        self.close_button.setProperty("kind", "tool")
        self.close_button.setIcon(style.icon("x", size=14))
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.setToolTip(f"Remove the curve of {pin.name}")
        self.close_button.setAccessibleName(self.close_button.toolTip())
        style.theme().changed.connect(self._on_theme_changed)

    @property
    def text(self) -> str:
        return f"{NUMBERS[self.pin.place]} {self.pin.name}"

    def _on_theme_changed(self) -> None:
        self.close_button.setIcon(style.icon("x", size=14))
        self.update()

    # Qt

    def sizeHint(self) -> QSize:
        text = QFontMetricsF(style.font(style.CAPTION)).horizontalAdvance(self.text)
        return QSize(round(SAMPLE + text + 10 + CLOSE), ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(QPen(pin_color(self.pin.place), 2))
            painter.drawLine(QPointF(0, ROW / 2), QPointF(SAMPLE - 6, ROW / 2))
            painter.setFont(style.font(style.CAPTION))
            painter.setPen(QColor(style.colors().text))
            room = QRectF(SAMPLE, 0, self.width() - SAMPLE - CLOSE - 4, ROW)
            text = painter.fontMetrics().elidedText(
                self.text, Qt.TextElideMode.ElideRight, round(room.width()) + 1
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.close_button.setGeometry(self.width() - CLOSE, (ROW - CLOSE) // 2, CLOSE, CLOSE)


def description(pin: Pin) -> str:
    """How far a pinned run came."""
    run = pin.run
    if run.has_measures:
        epoch = round(run.validation[-1, 0]) // run.per_epoch
        errors = f"training {show(run.training[-1, 1])}, validation {show(run.validation[-1, 1])}"
        return f"{pin.name}: {errors} per example at epoch {epoch:,}"
    return f"{pin.name}: E = {show(run.losses[-1])} in iteration {len(run.losses):,}"
