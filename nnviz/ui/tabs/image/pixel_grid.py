"""The pixels of an image as a grid that can be picked, typed over and drawn on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Array, Cell
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.cells import text_width
from nnviz.ui.number_board import NumberBoard

MOST_CELL, SIDE_BY_SIDE, SMALLEST_CELL = 46, 28, 5
GAP, LABEL, MARGIN = 12, 20, 4
SMALL_TEXT, TEXT, LARGE_TEXT = 12, 13, 14
LINES_FROM = 5  # pixels of a cell below which lines between cells would hide them
SHADES = 256
INK_TURNS_LIGHT, INK_TURNS_DARK = 0.57, 0.44  # where the other ink begins to stand out more
LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton


@dataclass(frozen=True, slots=True)
class Scale:
    """From which number to which the gray runs; a signed scale is the diverging map about zero."""

    low: float = 0.0
    high: float = 1.0
    is_signed: bool = False

    def shares(self, values: Array) -> Array:
        """How far along the scale numbers are, from 0 to 1."""
        span = self.high - self.low
        shares: Array = np.clip((values - self.low) / span if span else values * 0, 0, 1)
        return shares

    def color(self, share: float) -> QColor:
        """The color at a place of the scale: paper at its low end, ink at its high end."""
        c = style.colors()
        if self.is_signed:
            return c.diverging_cell(2 * share - 1, 1.0)
        return style.mixed(QColor(c.canvas), QColor(c.text), share)

    def ink(self, share: float) -> str:
        """What a number is written in on that color."""
        c = style.colors()
        if self.is_signed:
            return c.selection
        if share == 0:
            return c.muted
        return c.canvas if share > (INK_TURNS_DARK if c.is_dark else INK_TURNS_LIGHT) else c.text

    def table(self) -> list[int]:
        """The colors of all shades."""
        return [self.color(shade / (SHADES - 1)).rgb() for shade in range(SHADES)]


@dataclass(frozen=True, slots=True)
class Planes:
    """Where channels stand: the side of a cell, and the left upper corner of every channel that is shown."""

    cell: int
    corners: dict[int, tuple[int, int]]


class PixelGrid(NumberBoard):
    """The image of the example in focus, a plane a channel: all of them where there is room, else one.

    With `tool` a pen or an eraser, pressing and dragging draws instead of picking; the right button of a pen
    erases. The grid only tells where: `began`, `moved` and `ended`.
    """

    began = Signal(int, int, int, bool)  # channel, row, column, whether it erases
    moved = Signal(int, int)
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scope = ""
        self.shape: Cell = (1, 1, 1)
        self.labels: tuple[str, ...] = ("",)
        self.channel = 0
        self.scale = Scale()
        self.tool = ""  # "pen", "eraser" or nothing
        self.is_of_moment = True  # and not something that is drawn beside the data
        self.values: Array | None = None
        self._drawing_on: int | None = None
        self._decimals: int | None = None
        self.setAccessibleName("Image")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_image(self, scope: str, shape: Cell, labels: tuple[str, ...], scale: Scale) -> None:
        """Another kind of image: (channels, rows, columns) and the names of the channels."""
        self.scope, self.shape, self.labels, self.scale = scope, shape, labels, scale
        self.channel, self.values, self.at, self._drawing_on = 0, None, None, None
        self.show_numbers(None, self.digits)
        self.updateGeometry()

    def show_image(self, values: Array, moment: Moment, digits: int) -> None:
        """Draw the image of a moment, or as it is while somebody draws on it."""
        self.values = values
        self._decimals = moment.decimals(Ref(self.scope, cell=(0, 0, 0)))
        self.show_numbers(moment, digits)

    def appearance(self) -> object:
        image = None if self.values is None else self.values.tobytes()
        return image, self.shape, self.scope, self.scale, self._decimals, self.digits

    def can_edit(self, ref: Ref | None) -> bool:
        return self.is_of_moment and super().can_edit(ref)

    def show_channel(self, channel: int) -> None:
        """Which channel is shown where there is no room for all."""
        self.channel = channel
        self.update()

    # Where everything stands

    def has_room_for_all(self) -> bool:
        """Whether all channels stand side by side in cells that hold a number."""
        channels, _, columns = self.shape
        room = (self.width() - 2 * MARGIN - (channels - 1) * GAP) // (channels * columns)
        return channels == 1 or room >= SIDE_BY_SIDE

    def planes(self) -> Planes:
        """The largest square cells that fit."""
        shown = range(self.shape[0]) if self.has_room_for_all() else (self.channel,)
        _, rows, columns = self.shape
        above = LABEL if self.shape[0] > 1 else 0
        width = self.width() - 2 * MARGIN - (len(shown) - 1) * GAP
        height = self.height() - 2 * MARGIN - above
        cell = max(SMALLEST_CELL, min(width // (len(shown) * columns), height // rows, MOST_CELL))
        whole = len(shown) * columns * cell + (len(shown) - 1) * GAP
        left = max(MARGIN, (self.width() - whole) // 2)
        step = columns * cell + GAP
        return Planes(cell, {k: (left + i * step, MARGIN + above) for i, k in enumerate(shown)})

    def placed(self) -> Iterator[tuple[Ref, QRectF]]:
        planes = self.planes()
        for k in planes.corners:
            for r, c in np.ndindex(self.shape[1:]):
                yield self._ref(k, r, c), self._rect(planes, k, r, c)

    def ref_at(self, point: QPointF) -> Ref | None:
        place = self.place_at(point)
        return None if place is None else self._ref(*place)

    def place_at(self, point: QPointF) -> tuple[int, int, int] | None:
        """Channel, row and column under a point."""
        planes, (_, rows, columns) = self.planes(), self.shape
        for k in planes.corners:
            r, c = self._cell_from(planes, k, point)
            if 0 <= r < rows and 0 <= c < columns:
                return k, r, c
        return None

    def rect_of(self, ref: Ref | None) -> QRectF | None:
        planes = self.planes()
        if ref is None or ref != Ref(self.scope, cell=ref.cell) or len(ref.cell) != 3:
            return None
        return self._rect(planes, *ref.cell) if ref.cell[0] in planes.corners else None

    def neighbor(self, ref: Ref, down: int, right: int) -> Ref | None:
        k, r, c = ref.cell
        _, rows, columns = self.shape
        k += (c + right) // columns  # over the edge into the channel beside it
        r, c = r + down, (c + right) % columns
        is_inside = 0 <= r < rows and k in self.planes().corners
        return self._ref(k, r, c) if is_inside else None

    def _ref(self, k: int, r: int, c: int) -> Ref:
        return Ref(self.scope, cell=(k, r, c))

    def _rect(self, planes: Planes, k: int, r: int, c: int) -> QRectF:
        (left, top), cell = planes.corners[k], planes.cell
        return QRectF(left + c * cell, top + r * cell, cell, cell)

    def _cell_from(self, planes: Planes, k: int, point: QPointF) -> tuple[int, int]:
        """Row and column of a point as a channel counts them; outside of it they go on."""
        left, top = planes.corners[k]
        return int((point.y() - top) // planes.cell), int((point.x() - left) // planes.cell)

    # Painting

    def _paint_plane(self, painter: QPainter, planes: Planes, k: int) -> None:
        assert self.values is not None
        c, (_, rows, columns), cell = style.colors(), self.shape, planes.cell
        left, top = planes.corners[k]
        area = QRectF(left, top, columns * cell, rows * cell)
        shares = self.scale.shares(self.values[k])
        painter.drawImage(area, _image(shares, self.scale))
        painter.setPen(QColor(c.line))
        if cell >= LINES_FROM:
            for r in range(1, rows):
                painter.drawLine(left, top + r * cell, left + columns * cell, top + r * cell)
            for column in range(1, columns):
                painter.drawLine(left + column * cell, top, left + column * cell, top + rows * cell)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(c.control_border))
        painter.drawRect(area)
        if self.shape[0] > 1:
            painter.setPen(QColor(c.muted))
            painter.setFont(style.font(style.CONTROL))
            place = QRectF(left, top - LABEL, area.width(), LABEL - 2)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.labels[k])

    def _paint_numbers(self, painter: QPainter, planes: Planes, pixels: int) -> None:
        assert self.values is not None
        painter.setFont(style.font(pixels, 600))
        for k in planes.corners:
            shares = self.scale.shares(self.values[k])
            for r, c in np.ndindex(self.shape[1:]):
                painter.setPen(QColor(self.scale.ink(float(shares[r, c]))))
                text = self._shown(float(self.values[k, r, c]))
                painter.drawText(self._rect(planes, k, r, c), Qt.AlignmentFlag.AlignCenter, text)

    def number_size(self, cell: int) -> int:
        """The pixels of type in which all numbers fit into their cells; 0 where they do not."""
        if self.values is None or cell < SMALL_TEXT + 6:
            return 0
        texts = {self._shown(float(value)) for value in np.unique(self.values)}
        for pixels in (LARGE_TEXT, TEXT, SMALL_TEXT):
            if max(text_width(text, pixels, 600) for text in texts) + 4 <= cell:
                return pixels
        return 0

    def _shown(self, value: float) -> str:
        return show(value, self.digits, self._decimals)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(300, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Small enough to leave room for the rest of a low panel, large enough to draw on."""
        _, rows, _ = self.shape
        cell = min(max(SMALLEST_CELL, 144 // rows), 32)
        return QSize(160, rows * cell + 2 * MARGIN + (LABEL if self.shape[0] > 1 else 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.values is None:
            return
        with QPainter(self) as painter:
            planes = self.planes()
            for k in planes.corners:
                self._paint_plane(painter, planes, k)
            pixels = self.number_size(planes.cell)
            if pixels:
                self._paint_numbers(painter, planes, pixels)
            self.paint_marks(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if not self.tool or event.button() not in (LEFT, RIGHT):
            super().mousePressEvent(event)
        elif place is not None and self._drawing_on is None:
            self._drawing_on = place[0]
            self.hover(None)  # the mark would stay where the stroke begins
            self.began.emit(*place, self.tool == "eraser" or event.button() is RIGHT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawing_on is not None:
            self.moved.emit(*self._cell_from(self.planes(), self._drawing_on, event.position()))
            return
        super().mouseMoveEvent(event)
        if self.tool and self.place_at(event.position()) is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drawing_on is not None and not event.buttons() & (LEFT | RIGHT):
            self._drawing_on = None
            self.ended.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.tool:
            self.mousePressEvent(event)  # the second touch of a pen
        else:
            super().mouseDoubleClickEvent(event)


def _image(shares: Array, scale: Scale) -> QImage:
    """A plane with one point a pixel."""
    levels = np.rint(shares * (SHADES - 1)).astype(np.uint8)
    rows, columns = levels.shape
    padded = np.zeros((rows, (columns + 3) // 4 * 4), np.uint8)
    padded[:, :columns] = levels
    image = QImage(padded.tobytes(), columns, rows, padded.shape[1], QImage.Format.Format_Indexed8)
    image.setColorTable(scale.table())
    return image.copy()


def scale_of(images: Array) -> Scale:
    """The gray scale of images without a range: from 0 to their largest number, or signed about zero."""
    largest = float(np.abs(images).max(initial=0.0))
    if (images < 0).any():
        return Scale(-largest, largest, is_signed=True)
    return Scale(0.0, largest if largest > 1 else 1.0)
