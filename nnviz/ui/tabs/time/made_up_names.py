"""A line with texts that the network makes up, written anew with every iteration."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel

from nnviz.engine.making_up import made_up
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array
from nnviz.ui import style

COUNT, LONGEST = 4, 12
BETWEEN = 1.0  # seconds from one writing to the next while a run is going


class MadeUpNames(QLabel):
    """The same seeds at every iteration, so that only what the network has learned makes a difference."""

    def __init__(self) -> None:
        super().__init__()
        self.symbols: tuple[str, ...] = ()
        self.end = ""
        self.moment: Moment | None = None
        self._written: Array | None = None  # the weights it was written with
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write)
        self.setWordWrap(True)
        self.setFont(style.font(style.CONTROL))
        self.setToolTip("Each letter is drawn from the network’s own prediction, with these weights")

    def set_text(self, symbols: tuple[str, ...], end: str) -> None:
        """Symbols of another text, and the one that ends a line; hidden where a network writes none."""
        self._timer.stop()
        self.symbols, self.end, self.moment, self._written = symbols, end, None, None
        self.setText("")
        self.setVisible(bool(symbols))

    def show_moment(self, moment: Moment) -> None:
        """Write with the network of another iteration, at once or when the time has come."""
        palette = self.palette()
        palette.setColor(self.foregroundRole(), QColor(style.colors().forward))
        self.setPalette(palette)
        self.moment = moment
        wait = self._last + BETWEEN - perf_counter()
        if self._written is _weights(moment):
            self._timer.stop()
        elif wait <= 0:
            self._write()
        elif not self._timer.isActive():
            self._timer.start(round(1000 * wait) + 1)

    def _write(self) -> None:
        if self.moment is None or not self.symbols or not self.isVisible():
            return
        names = [made_up(self.moment, self.symbols, self.end, seed, LONGEST).text for seed in range(COUNT)]
        self._written, self._last = _weights(self.moment), perf_counter()
        self.setText("It makes up: " + " · ".join(name.capitalize() or "(nothing)" for name in names))


def _weights(moment: Moment) -> Array | None:
    """The weights of the iteration that stand first: the same array for as long as nothing has changed."""
    known = moment.array(moment.graph.parameters[0].scope)
    return known.array if known is not None else None
