"""The loss over the iterations that have been run, and where on it the class is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.ui import style
from nnviz.ui.cells import paint_frame
from nnviz.ui.layout.names import subscripted
from nnviz.ui.views.base import View

if TYPE_CHECKING:
    from nnviz.ui.loss_plot import LossPlot

LOSS = Ref("loss")
NOTHING_YET = "No output yet:\nthe curve starts after Loss"


class LossView(View):
    """E of every iteration so far as a curve; its newest number can be picked, its points be gone to.

    The plot is made on the first show, when the window has been painted: importing it takes half a second.
    """

    title = "Loss"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.plot: LossPlot | None = None
        self.is_logarithmic = False
        self._losses: NDArray[np.float64] = np.empty(0)
        self._run_length = 0
        self._formula = ""
        self._colors: style.Colors | None = None
        self._area = QWidget()
        self._area_layout = QVBoxLayout(self._area)
        self._area_layout.setContentsMargins(0, 0, 0, 0)
        self.message = QLabel(NOTHING_YET, self._area)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setFont(style.font(style.CONTROL))
        self.readout = Readout(self._area)
        self.readout.picked.connect(self.picked)
        self.readout.pointed.connect(self.pointed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 10, 6)
        layout.setSpacing(2)
        layout.addLayout(self._header())
        layout.addWidget(self._area, 1)
        self.setAccessibleName("Loss over the iterations")
        self.refresh()

    def _header(self) -> QHBoxLayout:
        heading = QLabel(self.title)
        heading.setFont(style.font(style.HEADING, 600))
        segments = QFrame()
        segments.setProperty("kind", "segments")
        inside = QHBoxLayout(segments)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.setSpacing(2)
        row = QHBoxLayout()
        row.addWidget(heading)
        row.addStretch(1)
        row.addWidget(segments)
        self.scales = QButtonGroup(self)
        for is_log, text, words in ((True, "log", "logarithmic"), (False, "linear", "linear")):
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setChecked(is_log == self.is_logarithmic)
            button.setFont(style.font(style.CONTROL))
            button.setProperty("kind", "segment")
            button.setToolTip(f"Show E on a {words} axis")
            self.scales.addButton(button, int(is_log))
            inside.addWidget(button)
        self.scales.idClicked.connect(self._on_scale_clicked)
        return row

    def make_plot(self) -> None:
        """Make the plot now, if it is not made yet."""
        if self.plot is not None:
            return
        from nnviz.ui.loss_plot import LossPlot

        self.plot = LossPlot(self)
        self.plot.clicked.connect(self._on_curve_clicked)
        self._area_layout.addWidget(self.plot.widget)
        self._area_layout.activate()
        self.message.raise_()
        self.readout.raise_()
        self.plot.set_logarithmic(self.is_logarithmic)
        self.plot.show_losses(self._losses, self._run_length)
        self._place_texts()

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self._formula = graph.loss.op.formula.removeprefix("E = ") if graph.loss is not None else ""

    def refresh(self) -> None:
        """Only what differs: painting the plot anew costs more than all the other views of a step."""
        if self._colors is not style.colors():
            self._colors = style.colors()
            self._recolor()
        shown = (len(self._losses), self._run_length, self.readout.number, self.readout.formula)
        if self.moment is not None:
            self._show_losses(self.moment)
        self._show_marks()
        if shown != (len(self._losses), self._run_length, self.readout.number, self.readout.formula):
            self._place_texts()

    def show_selection(self, ref: Ref | None) -> None:
        self.selection = ref
        self._show_marks()

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref
        self._show_marks()

    def _show_losses(self, moment: Moment) -> None:
        losses = np.asarray(moment.losses[:], dtype=np.float64)
        is_same = np.array_equal(losses, self._losses, equal_nan=True)
        if not is_same or moment.run_length != self._run_length:
            self._losses, self._run_length = losses, moment.run_length
            if self.plot is not None:
                self.plot.show_losses(losses, self._run_length)
        if len(losses):
            value = show(float(losses[-1]), self.digits)
            self.readout.show_texts(f"E = {value}", f"{self._formula} {_over(moment)}")

    def _show_marks(self) -> None:
        self.readout.show_marks(self.selection == LOSS, self.pointed_at == LOSS)

    def _place_texts(self) -> None:
        """The message in the middle, or the number beside its point, where the curve leaves room."""
        is_empty = len(self._losses) == 0
        self.message.setVisible(is_empty)
        self.message.setGeometry(self._area.rect())
        self.readout.setVisible(not is_empty and self.plot is not None)
        if not is_empty and self.plot is not None:
            self.readout.fit(self.plot.area().width() - 12)
            self.readout.move(self.plot.room_for(QSizeF(self.readout.size())).toPoint())

    def _recolor(self) -> None:
        palette = self.message.palette()
        palette.setColor(self.message.foregroundRole(), QColor(style.colors().muted))
        self.message.setPalette(palette)
        if self.plot is not None:
            self.plot.recolor()

    def _on_scale_clicked(self, is_log: int) -> None:
        self.is_logarithmic = bool(is_log)
        if self.plot is not None:
            self.plot.set_logarithmic(self.is_logarithmic)
        self._place_texts()

    def _on_curve_clicked(self, iteration: int) -> None:
        if self.moment is not None:
            self.sought.emit(iteration, self.moment.outline.completed_at(LOSS) or 0)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(350, 262)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The plot is made once the window has been painted: importing its library takes its time."""
        super().paintEvent(event)
        if self.plot is None:
            QTimer.singleShot(0, self, self.make_plot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._place_texts)  # the plot has its new size only after this event


class Readout(QWidget):
    """The newest loss in large figures, and its formula below. A click picks it."""

    picked = Signal(object)
    pointed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.number = ""
        self.formula = ""
        self._is_selected = self._is_pointed = False

    def show_texts(self, number: str, formula: str) -> None:
        self.number, self.formula = number, formula
        self.setToolTip(formula)
        self.update()

    def show_marks(self, is_selected: bool, is_pointed: bool) -> None:
        if (is_selected, is_pointed) != (self._is_selected, self._is_pointed):
            self._is_selected, self._is_pointed = is_selected, is_pointed
            self.update()

    def fit(self, most: float) -> None:
        """Take the width of the texts, at most this much."""
        number, formula = (
            QFontMetricsF(font).horizontalAdvance(text)
            for font, text in zip(self._fonts(), (self.number, self.formula), strict=True)
        )
        self.resize(round(min(most, max(number, formula) + 14)), 42)

    def _fonts(self) -> tuple:
        return style.font(style.VALUE, 600), style.font(style.CAPTION)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        c = style.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.with_alpha(c.panel, 0.86))
        painter.drawRoundedRect(self.rect(), 4, 4)
        large, small = self._fonts()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        inside = QRectF(self.rect()).adjusted(6, 2, -6, -2)
        painter.setFont(large)
        painter.setPen(QColor(c.text))
        painter.drawText(inside.adjusted(0, 0, 0, -18), left, self.number)
        painter.setFont(small)
        painter.setPen(QColor(c.muted))
        elided = QFontMetricsF(small).elidedText(self.formula, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside.adjusted(0, 19, 0, 0), left, elided)
        if self._is_selected or self._is_pointed:
            color = c.selection if self._is_selected else c.outline
            paint_frame(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), color)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit(LOSS)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.pointed.emit(LOSS)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)


def _over(moment: Moment) -> str:
    """The examples that a loss is summed over."""
    first, last = (subscripted(moment.textbook.example(row)) for row in (moment.rows[0], moment.rows[-1]))
    return f"of {first}" if first == last else f"over {first}…{last}"
