"""All filters of a layer as small pictures, each with its name and how far its map is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.engine.graph import ConvolutionLayer
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array
from nnviz.engine.outline import Pass
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.cells import paint_frame
from nnviz.ui.number_board import NumberBoard

FEW = 6  # as many filters have their names and states written out
FRAME = 4
CENTER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True, slots=True)
class Look:
    """How large pictures and captions are."""

    side: int
    width: int
    height: int


LARGE, SMALL = Look(52, 86, 98), Look(38, 52, 66)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many cells of a filter's map are computed."""

    done: int
    cells: int

    @property
    def text(self) -> str:
        if not self.done:
            return "not yet"
        return "map complete" if self.done == self.cells else f"{self.done} of {self.cells}"

    @property
    def short(self) -> str:
        if not self.done:
            return ""
        return "✓" if self.done == self.cells else "…"

    @property
    def role(self) -> str:
        """The color of the text."""
        return "not_yet" if not self.done else "muted" if self.done == self.cells else "forward"


def progress_of(moment: Moment, layer: ConvolutionLayer) -> list[Progress]:
    """How far each map of a layer is, for the example in focus."""
    filters, *cells = layer.z.shape
    count = math.prod(cells)
    known = moment.array(layer.z.scope)
    if known is None:
        return [Progress(0, count)] * filters
    if known.mask is None:
        return [Progress(count, count)] * filters
    return [Progress(int(mask.sum()), count) for mask in known.mask[moment.row]]


class FilterRow(NumberBoard):
    """A picture a filter; its place is that of its first weight. A click picks that weight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer: ConvolutionLayer | None = None
        self.names: tuple[str, ...] = ()
        self.channel = 0
        self.chosen = 0
        self.states: list[Progress] = []
        self.setAccessibleName("Filters of this layer")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_layer(self, layer: ConvolutionLayer, names: tuple[str, ...]) -> None:
        """Another layer; `names` are those that the lesson gives its filters."""
        self.layer, self.names, self.channel, self.chosen = layer, names, 0, 0
        self.at, self.states = None, []
        self._fit()

    def show_filters(self, moment: Moment, digits: int, channel: int, chosen: int) -> None:
        """The filters of a moment: one channel of them, and one that is chosen."""
        if self.layer is None:
            return
        self.channel, self.chosen = channel, chosen
        self.states = progress_of(moment, self.layer)
        words = (f"{self.title(i)}: {state.text}" for i, state in enumerate(self.states))
        self.setAccessibleDescription(", ".join(words))
        self.show_numbers(moment, digits)

    def title(self, index: int) -> str:
        """The number of a filter and its name."""
        name = self.names[index] if index < len(self.names) else ""
        return f"{index + 1} {name}".strip()

    # Where everything stands

    @property
    def look(self) -> Look:
        return LARGE if self.count <= FEW else SMALL

    @property
    def states_are_written(self) -> bool:
        """Whether there is room for the state of each filter in words."""
        return self.look is LARGE

    @property
    def count(self) -> int:
        return self.layer.w.shape[0] if self.layer is not None else 0

    @property
    def columns(self) -> int:
        return max(1, min(self.count, self.width() // self.look.width))

    def placed(self) -> Iterator[tuple[Ref, QRectF]]:
        for i in range(self.count):
            yield self._ref(i), self._picture(i).adjusted(-FRAME, -FRAME, FRAME, FRAME)

    def ref_at(self, point: QPointF) -> Ref | None:
        found = (i for i in range(self.count) if self._place(i).contains(point))
        return next((self._ref(i) for i in found), None)

    def rect_of(self, ref: Ref | None) -> QRectF | None:
        is_weight = (
            self.layer is not None and ref is not None and ref == Ref(self.layer.w.scope, cell=ref.cell)
        )
        return self._picture(ref.cell[0]).adjusted(-2, -2, 2, 2) if is_weight and ref is not None else None

    def tip(self, ref: Ref) -> str:
        i = ref.cell[0]
        state = self.states[i].text if i < len(self.states) else ""
        return f"Filter {self.title(i)}: {state}"

    def can_edit(self, ref: Ref | None) -> bool:
        return False  # a filter is typed over in the large picture below

    def _ref(self, i: int) -> Ref:
        assert self.layer is not None
        return Ref(self.layer.w.scope, cell=(i, self.channel, 0, 0))

    def _place(self, i: int) -> QRectF:
        row, column = divmod(i, self.columns)
        width = self.width() / self.columns
        return QRectF(column * width, row * self.look.height, width, self.look.height)

    def _picture(self, i: int) -> QRectF:
        """The filter itself, in cells of whole pixels."""
        assert self.layer is not None
        rows, columns = self.layer.w.shape[2:]
        cell = max(3, self.look.side // max(rows, columns))
        place = self._place(i)
        left = round(place.center().x() - columns * cell / 2)
        top = round(place.top() + FRAME + 2 + (self.look.side - rows * cell) / 2)
        return QRectF(left, top, columns * cell, rows * cell)

    def _fit(self) -> None:
        self.setFixedHeight(math.ceil(self.count / self.columns) * self.look.height)
        self.update()

    # Painting

    def _paint_filter(self, painter: QPainter, i: int, weights: Array, largest: float) -> None:
        c, picture = style.colors(), self._picture(i)
        rows, columns = weights.shape
        side = picture.width() / columns
        painter.setPen(QColor(c.line))
        for r, column in np.ndindex(rows, columns):
            painter.setBrush(c.diverging_cell(float(weights[r, column]), largest, with_number=False))
            painter.drawRect(QRectF(picture.left() + column * side, picture.top() + r * side, side, side))
        if i == self.chosen:
            frame = picture.adjusted(-FRAME, -FRAME, FRAME, FRAME)
            paint_frame(painter, frame, c.phase(self._into())[0], 2.4)
        self._paint_caption(painter, i)

    def _into(self) -> Pass | None:
        return self.moment.stage.into if self.moment is not None and self.moment.stage is not None else None

    def _paint_caption(self, painter: QPainter, i: int) -> None:
        c, state, place = style.colors(), self.states[i], self._place(i)
        top = place.top() + self.look.side + 3 * FRAME
        is_chosen = i == self.chosen
        painter.setFont(style.font(style.CAPTION, 600 if is_chosen else 400))
        painter.setPen(QColor(c.text if is_chosen else c.muted))
        line = QRectF(place.left(), top, place.width(), 16)
        if self.look is SMALL:
            if state.role == "forward":
                painter.setPen(QColor(c.forward))
            painter.drawText(line, CENTER, f"{i + 1} {state.short}".strip())
            return
        metrics = painter.fontMetrics()
        painter.drawText(
            line,
            CENTER,
            metrics.elidedText(self.title(i), Qt.TextElideMode.ElideRight, int(place.width()) - 4),
        )
        painter.setFont(style.font(style.CAPTION, 600 if state.role == "forward" else 400))
        painter.setPen(QColor(getattr(c, state.role)))
        painter.drawText(line.translated(0, 16), CENTER, state.text)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._fit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nothing is typed here."""

    def paintEvent(self, event: QPaintEvent) -> None:
        known = self.moment.array(self.layer.w.scope) if self.moment is not None and self.layer else None
        if known is None:
            return
        with QPainter(self) as painter:
            largest = float(np.nanmax(np.abs(known.array)))
            for i in range(self.count):
                self._paint_filter(painter, i, known.array[i, self.channel], largest)
            if self._hovered is not None:
                self._paint_hovered(painter, self._hovered)
            if self.is_walking and self.hasFocus() and self.at is not None:
                rect = self.rect_of(self.at)
                if rect is not None:
                    paint_frame(painter, rect, style.colors().positive)

    def _paint_hovered(self, painter: QPainter, ref: Ref) -> None:
        rect = self.rect_of(ref)
        if rect is not None:
            paint_frame(painter, rect.adjusted(-2, -2, 2, 2), style.colors().text)
