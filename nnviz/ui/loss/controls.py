"""How the curves are shown, and the pin: the buttons above the plot."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from nnviz.ui import style
from nnviz.ui.loss.curves import MOST_PINS, Choice
from nnviz.ui.segments import Segments

SMALL_HEIGHT = 28
PIN_TIP = "Keep this curve, to compare the next run with it (K)"


class CurveControls(QWidget):
    """`chosen` tells that `choice` is another one by hand."""

    chosen = Signal()
    pin_asked = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = Choice()
        self.heading = QLabel(title)
        self.heading.setFont(style.font(style.HEADING, 600))
        self.quantity = _segments(("error", "correct"), "Show", ("the error", "the share classified right"))
        self.scale = _segments(("log", "linear"), "Axis of E", ("logarithmic", "linear"))
        self.scale.choose(1)
        self.units = _segments(("iteration", "epoch"), "Over", ("iterations", "epochs"))
        _make_small(self.units)
        self.mean = QToolButton()
        self.mean.setText("mean")
        self.mean.setProperty("kind", "segment")
        self.mean.setCheckable(True)
        self.mean.setChecked(self.choice.with_mean)
        self.mean.setFont(style.font(style.CONTROL))
        self.mean.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.mean.setToolTip("Show the mean of E over the last epoch beside E of every iteration")
        self.pin = QToolButton()
        self.pin.setIconSize(QSize(16, 16))
        self.pin.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pin.setAccessibleName("Pin the curve")
        self._lay_out()
        self._connect()
        self.set_run(False, False, 1)
        self.show_pin(False, 0)
        self.recolor()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.heading)
        row.addStretch(1)
        for control in (self.mean, self.quantity, self.scale, self.pin):
            row.addWidget(control)

    def _connect(self) -> None:
        for segments in (self.quantity, self.scale, self.units):
            segments.chosen.connect(self._on_chosen)
        self.mean.clicked.connect(self._on_chosen)
        self.pin.clicked.connect(self.pin_asked)

    def set_run(self, has_measures: bool, is_classified: bool, per_epoch: int) -> None:
        """Another network: over epochs where something is measured once an epoch."""
        self.quantity.choose(0)
        self.units.choose(int(has_measures))
        self.mean.setVisible(per_epoch > 1 and not has_measures)
        self.units.setVisible(per_epoch > 1)
        self.quantity.setVisible(is_classified)
        self._read()

    def show_pin(self, can: bool, pins: int) -> None:
        """Whether there is a curve to keep, and room for it."""
        is_full = pins >= MOST_PINS
        self.pin.setEnabled(can and not is_full)
        self.pin.setToolTip(f"{MOST_PINS} curves are pinned: remove one first" if is_full else PIN_TIP)

    def recolor(self) -> None:
        self.pin.setIcon(style.icon("pin", size=16))

    def _read(self) -> None:
        self.choice = replace(
            self.choice,
            is_correct=self.quantity.place == 1,
            is_logarithmic=self.scale.place == 0,
            by_epoch=self.units.place == 1,
            with_mean=self.mean.isChecked(),
        )
        self.scale.setEnabled(not self.choice.is_correct)

    def _on_chosen(self, _: object = None) -> None:
        self._read()
        self.chosen.emit()


def _make_small(segments: Segments) -> None:
    """So that they are not taller than the captions need."""
    segments.setFixedHeight(SMALL_HEIGHT)
    for button in segments.buttons:
        button.setFont(style.font(style.CAPTION))


def _segments(words: tuple[str, ...], name: str, tips: tuple[str, ...]) -> Segments:
    segments = Segments()
    segments.set_words(words, name)
    for button, tip in zip(segments.buttons, tips, strict=True):
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(f"{name} {tip}" if name != "Axis of E" else f"Show E on a {tip} axis")
    return segments
