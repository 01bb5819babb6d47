"""The probabilities of the classes as bars: dashed and empty until they are computed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.cells import text_width
from nnviz.ui.layout.geometry import as_share
from nnviz.ui.number_board import NumberBoard

ROW, BAR = 20, 12
COLUMN_GAP, GAP, MARK = 18, 6, 14
NARROWEST_NAME = 20  # so much of a name can always be hit
MOST_IN_COLUMN = 5
WIDEST_NAME = 84
ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ClassBars(NumberBoard):
    """A row a class: its name, bar and number. The largest is filled, the target has a ring before it.

    A click on bar or number picks the number; a click on the name makes the class the target.
    """

    targeted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scope = ""
        self.names: tuple[str, ...] = ()
        self._target: str | None = None
        self._offered: int | None = None  # the class whose name the mouse is on
        self._answers: list[float] | None = None  # to another image than that of the moment
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Probabilities of the classes")

    def set_classes(self, graph: Graph, names: Sequence[str]) -> None:
        """The outputs of another network; those without a name are numbered, and maps are no classes."""
        count = graph.output.units if not graph.output.is_map else 0
        self.scope = graph.output.a.scope
        self._target = graph.target.scope if graph.target is not None else None
        self.names = tuple(names) if len(names) == count else tuple(str(i + 1) for i in range(count))
        self.at = None
        self.show_numbers(None, self.digits)
        self.setFixedHeight(self.rows * ROW)

    def show_numbers(self, moment: Moment | None, digits: int) -> None:
        super().show_numbers(moment, digits)
        self.setAccessibleDescription(self._in_words())

    def show_answers(self, moment: Moment, image: Array | None) -> None:
        """What the network of a moment says to another image than its own, if there is one."""
        self._answers = None
        if image is not None and self.names:
            record = moment.evaluate(image[np.newaxis], None)
            self._answers = np.asarray(record.cells[moment.graph.output.a.index])[0].tolist()

    def text_of(self, ref: Ref) -> str:
        return (
            super().text_of(ref) if self._answers is None else show(self._answers[ref.cell[0]], self.digits)
        )

    def appearance(self) -> object:
        return self.scope, self.names, [repr(value) for value in self.values], self.target, self.digits

    @property
    def rows(self) -> int:
        return math.ceil(len(self.names) / self.columns)

    @property
    def columns(self) -> int:
        return 1 if len(self.names) <= MOST_IN_COLUMN else 2

    @property
    def values(self) -> list[float | None]:
        """What is computed of each class."""
        if self._answers is not None:
            return list(self._answers)
        if self.moment is None:
            return [None] * len(self.names)
        return [self.moment.value(self._ref(i)) for i in range(len(self.names))]

    @property
    def largest(self) -> int | None:
        """The class with the largest probability, once all are computed."""
        values = [value for value in self.values if value is not None]
        if len(values) < len(self.names) or not values or any(math.isnan(value) for value in values):
            return None
        return values.index(max(values))

    @property
    def target(self) -> int | None:
        """The class that the data calls right; nobody has said what another image shows."""
        if self._target is None or self.moment is None or self._answers is not None:
            return None
        wanted = [self.moment.value(Ref(self._target, cell=(i,))) for i in range(len(self.names))]
        return wanted.index(1.0) if wanted.count(1.0) == 1 and wanted.count(0.0) == len(wanted) - 1 else None

    # Where everything stands

    @property
    def legend(self) -> str:
        """What the mark of the wanted class means, and what a click does."""
        target = self.target
        return "" if target is None else f"◎ target {self.names[target]}: click to change"

    def placed(self) -> Iterator[tuple[Ref, QRectF]]:
        for i in range(len(self.names)):
            row = self._row(i)
            number = QRectF(row)
            number.setLeft(row.right() - self._number_width() - 4)
            yield self._ref(i), number.adjusted(0, 2, 0, -2)

    def ref_at(self, point: QPointF) -> Ref | None:
        found = (i for i in range(len(self.names)) if self._row(i).contains(point))
        return next((self._ref(i) for i in found), None)

    def name_at(self, point: QPointF) -> int | None:
        """The class whose name, or the place of whose ring, is under a point."""
        if self._target is None or self.moment is None or self._answers is not None:
            return None
        return next((i for i in range(len(self.names)) if self.name_rect(i).contains(point)), None)

    def name_rect(self, i: int) -> QRectF:
        """From the place of the ring to the end of the name."""
        row = self._row(i)
        return QRectF(row.left(), row.top(), MARK + self._name_width(), ROW)

    def _ref(self, i: int) -> Ref:
        return Ref(self.scope, cell=(i,))

    def _row(self, i: int) -> QRectF:
        """The whole line of a class; they are counted down the first column, then down the second."""
        column, row = divmod(i, max(1, self.rows))
        width = (self.width() - (self.columns - 1) * COLUMN_GAP) / self.columns
        return QRectF(column * (width + COLUMN_GAP), row * ROW, width, ROW)

    def _name_width(self) -> float:
        widest = max((text_width(name, style.CONTROL, 600) for name in self.names), default=0)
        return min(max(widest, NARROWEST_NAME), WIDEST_NAME)

    def _number_width(self) -> float:
        texts = [f"0.{'0' * self.digits}", *(self.text_of(self._ref(i)) for i in range(len(self.names)))]
        return max(text_width(text, style.CONTROL, 600) for text in texts)

    def target_tip(self, i: int) -> str:
        """What a click on a name does."""
        return "The target" if i == self.target else "Click to make it the target"

    def _offer(self, i: int | None) -> None:
        if i != self._offered:
            self._offered = i
            self.update()

    # Painting

    def _paint_row(self, painter: QPainter, i: int, value: float | None) -> None:
        c, row = style.colors(), self._row(i)
        is_largest = i == self.largest
        if i == self.target:
            _paint_ring(painter, QPointF(row.left() + 5, row.center().y()))
        elif i == self._offered:
            _paint_ring(painter, QPointF(row.left() + 5, row.center().y()), is_offered=True)
        painter.setFont(style.font(style.CONTROL, 600 if is_largest else 400))
        painter.setPen(QColor(c.text if is_largest else c.muted))
        name = QRectF(row.left() + MARK, row.top(), self._name_width(), ROW)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(self.names[i], Qt.TextElideMode.ElideRight, math.ceil(name.width()))
        painter.drawText(name, ALIGN_LEFT, shown)
        track = QRectF(name.right() + GAP, row.center().y() - BAR / 2, 0, BAR)
        track.setRight(row.right() - self._number_width() - GAP - 2)
        self._paint_bar(painter, track, value, is_largest)
        painter.setPen(QColor(c.text))
        painter.drawText(row.adjusted(0, 0, -2, 0), ALIGN_RIGHT, self.text_of(self._ref(i)))

    def _paint_bar(self, painter: QPainter, track: QRectF, value: float | None, is_largest: bool) -> None:
        c = style.colors()
        if value is None:
            pen = QPen(QColor(c.not_yet), 1.1)
            pen.setDashPattern([4, 3.5])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(track)
            return
        painter.fillRect(track, QColor(c.grid))
        bar = QRectF(track)
        bar.setWidth(track.width() * as_share(value))
        if is_largest:
            painter.fillRect(bar, QColor(c.forward))
        else:
            painter.setPen(QPen(QColor(c.forward), 1))
            painter.setBrush(QColor(c.forward_tint))
            if bar.width() >= 1:
                painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))

    def _in_words(self) -> str:
        texts = (self.text_of(self._ref(i)) for i in range(len(self.names)))
        return ", ".join(
            f"{n}: {text or 'not computed yet'}" for n, text in zip(self.names, texts, strict=True)
        )

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(300, self.rows * ROW)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.name_at(QPointF(event.pos()))
            if place is not None:
                QToolTip.showText(event.globalPos(), self.target_tip(place), self)
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.name_at(event.position())
        if place is not None and event.button() is Qt.MouseButton.LeftButton:
            self.targeted.emit(place)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._offer(self.name_at(event.position()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._offer(None)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for i, value in enumerate(self.values):
                self._paint_row(painter, i, value)
            self.paint_marks(painter)


def _paint_ring(painter: QPainter, center: QPointF, is_offered: bool = False) -> None:
    """The mark of the target: a ring with a point, as on a shooting target; pale what may become it."""
    c = style.colors()
    painter.setPen(QPen(QColor(c.not_yet if is_offered else c.text), 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(center, 4.2, 4.2)
    if is_offered:
        return
    painter.setBrush(QColor(c.text))
    painter.drawEllipse(center, 0.8, 0.8)
