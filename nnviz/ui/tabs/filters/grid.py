"""One filter large, with its numbers and its bias: every weight can be picked and typed over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.engine.graph import ConvolutionLayer
from nnviz.engine.moment import Moment
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.cells import number_width, paint_cell
from nnviz.ui.number_board import NumberBoard

HEIGHT, NARROWEST, ROOM = 32, 36, 4
GAP, LABEL, MARGIN, WORD = 14, 20, 4, 40
PLAIN = 22  # the largest cell without a number


class FilterGrid(NumberBoard):
    """The channels of one filter side by side where there is room, else one of them; the bias beside them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer: ConvolutionLayer | None = None
        self.labels: tuple[str, ...] = ()
        self.index = 0
        self.channel = 0
        self._width, self._height = float(NARROWEST), float(HEIGHT)
        self.setAccessibleName("Weights of the filter")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_layer(self, layer: ConvolutionLayer, labels: tuple[str, ...]) -> None:
        """Another layer; `labels` say what each channel is."""
        self.layer, self.labels = layer, labels
        self.index = self.channel = 0
        self.at, self.moment = None, None
        self.update()

    def show_filter(self, moment: Moment, digits: int, index: int, channel: int) -> None:
        """A filter of a moment."""
        if (index, channel) != (self.index, self.channel):
            self.abandon()
        self.index, self.channel = index, channel
        self.show_numbers(moment, digits)
        self._fit()

    # Where everything stands

    def has_room_for_all(self) -> bool:
        """Whether all channels stand side by side."""
        channels, _, columns = self._shape
        return channels * columns * self._width + (channels - 1) * GAP <= self.width() - 2 * MARGIN

    @property
    def has_numbers(self) -> bool:
        return self._height == HEIGHT

    @property
    def _shape(self) -> tuple[int, int, int]:
        assert self.layer is not None
        _, channels, rows, columns = self.layer.w.shape
        return channels, rows, columns

    @property
    def _shown(self) -> range:
        channels = self._shape[0]
        return range(channels) if self.has_room_for_all() else range(self.channel, self.channel + 1)

    @property
    def _above(self) -> int:
        return MARGIN + (LABEL if self._shape[0] > 1 else 0)

    def placed(self) -> Iterator[tuple[Ref, QRectF]]:
        if self.layer is None:
            return
        _, rows, columns = self._shape
        for place, k in enumerate(self._shown):
            left = MARGIN + place * (columns * self._width + GAP)
            for r, c in np.ndindex(rows, columns):
                rect = QRectF(
                    left + c * self._width, self._above + r * self._height, self._width, self._height
                )
                yield Ref(self.layer.w.scope, cell=(self.index, k, r, c)), rect
        if self.layer.b is not None:
            yield Ref(self.layer.b.scope, cell=(self.index,)), self._bias_rect()

    def _bias_rect(self) -> QRectF:
        """Beside the weights, or below them where there is no room."""
        _, rows, columns = self._shape
        assert self.layer is not None and self.layer.b is not None
        text = self.text_of(Ref(self.layer.b.scope, cell=(self.index,)))
        width = max(NARROWEST, number_width(text) + 2 * ROOM)
        left = MARGIN + len(self._shown) * (columns * self._width + GAP) + WORD
        if left + width + MARGIN <= self.width():
            top = self._above + rows * self._height - HEIGHT
        else:
            left, top = MARGIN + WORD, self._above + rows * self._height + 8
        return QRectF(left, top, width, HEIGHT)

    def _fit(self) -> None:
        """Cells as wide as the widest number asks for; without numbers where they would not fit."""
        if self.layer is None or self.moment is None:
            return
        channels, rows, columns = self._shape
        cells = np.ndindex(channels, rows, columns)
        texts = [self.text_of(Ref(self.layer.w.scope, cell=(self.index, *cell))) for cell in cells]
        widest = max([NARROWEST, *(number_width(text) + ROOM for text in texts)])
        room = (self.width() - 2 * MARGIN) / columns
        is_tight = widest > room
        self._width = max(3.0, min(room, PLAIN)) if is_tight else float(round(widest))
        self._height = self._width if is_tight else float(HEIGHT)
        bottom = max(self._above + rows * self._height, self._bias_bottom())
        self.setFixedHeight(round(bottom) + MARGIN)
        self.update()

    def _bias_bottom(self) -> float:
        return self._bias_rect().bottom() if self.layer is not None and self.layer.b is not None else 0.0

    # Painting

    def _largest(self) -> float:
        """The end of the colors: the largest weight of all filters."""
        assert self.moment is not None and self.layer is not None
        known = self.moment.array(self.layer.w.scope)
        return float(np.abs(known.array).max()) if known is not None else 0.0

    def _paint_words(self, painter: QPainter) -> None:
        assert self.layer is not None
        c, (channels, _, columns) = style.colors(), self._shape
        painter.setPen(QColor(c.muted))
        painter.setFont(style.font(style.CONTROL))
        for place, k in enumerate(self._shown if channels > 1 else ()):
            left = MARGIN + place * (columns * self._width + GAP)
            rect = QRectF(left, MARGIN, max(columns * self._width, 80), LABEL - 2)
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.labels[k])
        if self.layer.b is not None:
            rect = self._bias_rect()
            rect.setRect(rect.left() - WORD, rect.top(), WORD - 6, rect.height())
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "bias")

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.moment is None or self.layer is None:
            return
        with QPainter(self) as painter:
            largest = self._largest()
            for ref, rect in self.placed():
                is_weight = len(ref.cell) == 4
                if is_weight and not self.has_numbers:
                    value = self.moment.value(ref) or 0.0
                    painter.setPen(QColor(style.colors().line))
                    painter.setBrush(style.colors().diverging_cell(value, largest, with_number=False))
                    painter.drawRect(rect)
                else:
                    paint_cell(painter, rect, self.cell(ref, "signed" if is_weight else "plain", largest))
            self._paint_words(painter)
            self.paint_marks(painter)
