"""The band at the bottom of the canvas of a network of maps: all its layers, small, from left to right."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.ops.base import Cell
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.ui import style
from nnviz.ui.items.number import NumberItem, is_seen, not_yet_pen, text_width
from nnviz.ui.items.overview_colors import image_of
from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.overview import ThumbnailPlace, arrange_overview
from nnviz.ui.picture.overview import Thumbnail, labels_of, nodes_of, overview_of
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.reader import Reader

RING, RING_GAP = 3.0, 5.0
LEAST_MARK = 5.0  # a mark on a cell smaller than this is drawn so large
HEAD = 4.0


class OverviewItem(NumberItem):
    """Every layer as thumbnails in color. A cell has its number where the mouse is, and only there."""

    def __init__(self, graph: Graph, textbook: Textbook) -> None:
        super().__init__()
        self._shapes = tuple(node.shape for node in nodes_of(graph))
        self._labels = labels_of(graph, textbook.notation)
        self._places: tuple[ThumbnailPlace, ...] = ()
        self._thumbnails: tuple[Thumbnail, ...] = ()
        self._images: dict[int, tuple[Thumbnail, style.Colors, QImage]] = {}
        self._reader: Reader | None = None
        self._colors = style.colors()

    def place(self, box: Box) -> None:
        """Lay the layers out in a band."""
        self._places = arrange_overview(self._shapes, self._labels, _label_width, box)
        self.set_bounds(QRectF(*box))
        self.update()

    def show(self, reader: Reader) -> None:  # type: ignore[override]  # what an item shows is a moment
        """Take up a moment; only layers that look different are painted again."""
        before, self._reader = self._thumbnails, reader
        self._thumbnails = overview_of(reader)
        if len(before) != len(self._thumbnails) or self._colors is not style.colors():
            self._colors = style.colors()
            self.update()
            return
        for index, (old, new) in enumerate(zip(before, self._thumbnails, strict=True)):
            if old != new:
                self.update(self._area(index))

    # Where things are

    def _area(self, index: int) -> QRectF:
        """The column of a layer with the arrows at both sides and its mark at the right."""
        bounds, place = self.boundingRect(), self._places[index]
        left = self._places[index - 1].box.right if index else bounds.left()
        right = self._places[index + 1].box.x if index + 1 < len(self._places) else bounds.right()
        left, right = min(left, place.label_box.x - 4), max(right, place.label_box.right + 4)
        return QRectF(left, bounds.top(), right - left, bounds.height())

    def number_at(self, point: QPointF) -> Number | None:
        ref = self._ref_at(point)
        return self._reader.number(ref) if ref is not None and self._reader is not None else None

    def _ref_at(self, point: QPointF) -> Ref | None:
        for index, place in enumerate(self._places):
            found = place.cell_at(point.x(), point.y())
            if found is not None and index < len(self._thumbnails):
                return self._ref(index, found[0] * place.tiles.cells + found[1])
        return None

    def _ref(self, index: int, flat: int) -> Ref:
        """The number that a cell shows: the first of its quantities that is computed."""
        assert self._reader is not None
        cell = tuple(int(i) for i in np.unravel_index(flat, self._shapes[index]))
        refs = [Ref(scope, part, cell) for scope, part in self._thumbnails[index].quantities]
        value = self._reader.moment.value
        return next((ref for ref in refs if value(ref) is not None), refs[0])

    def box_of(self, ref: Ref) -> QRectF | None:
        for index, thumbnail in enumerate(self._thumbnails):
            if (ref.scope, ref.part) in thumbnail.quantities:
                shown = self._ref(index, int(np.ravel_multi_index(ref.cell, self._shapes[index])))
                return self._cell_rect(index, ref.cell) if shown.part is ref.part else None
        return None

    def _cell_rect(self, index: int, cell: Cell) -> QRectF:
        place = self._places[index]
        plane, inside = divmod(int(np.ravel_multi_index(cell, self._shapes[index])), place.tiles.cells)
        return QRectF(*place.cell_box(plane, inside))

    # Painting

    def _image(self, index: int) -> QImage:
        thumbnail, colors = self._thumbnails[index], style.colors()
        if index in self._images:
            shown, with_colors, image = self._images[index]
            if with_colors is colors and shown.has_colors_of(thumbnail):
                return image
        image = image_of(thumbnail, colors)
        self._images[index] = (thumbnail, colors, image)
        return image

    def _paint_layer(self, painter: QPainter, index: int) -> None:
        place, image = self._places[index], self._image(index)
        size = place.tiles.cell[0]
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, size < 1)
        rows = image.height() // len(place.tiles.planes)
        for plane in range(len(place.tiles.planes)):
            if len(self._shapes[index]) == 1:
                self._paint_units(painter, index, image)
            else:
                source = QRectF(0, plane * rows, image.width(), rows)
                painter.drawImage(QRectF(*place.plane_box(plane)), image, source)
        self._paint_frames(painter, index)
        self._paint_marks(painter, index)
        self._paint_label(painter, index)

    def _paint_units(self, painter: QPainter, index: int, image: QImage) -> None:
        """A vector is an image of one column; here it stands in rows."""
        place = self._places[index]
        for unit in range(place.tiles.cells):
            color = image.pixelColor(0, unit)
            if color.alpha():
                painter.fillRect(QRectF(*place.cell_box(0, unit)), color)

    def _paint_frames(self, painter: QPainter, index: int) -> None:
        """A line around what is computed of a map, a dashed one around the rest."""
        c, place, thumbnail = style.colors(), self._places[index], self._thumbnails[index]
        missing = np.isnan(thumbnail.values.array).reshape(len(place.tiles.planes), -1).sum(axis=1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for plane, count in enumerate(missing.tolist()):
            done = place.tiles.cells - count
            painter.setPen(QPen(QColor(c.control_border), 1))
            painter.drawPolygon(_stretch(place, plane, 0, done))
            if count:
                painter.setPen(not_yet_pen())
                painter.drawPolygon(_stretch(place, plane, done, place.tiles.cells))

    def _paint_marks(self, painter: QPainter, index: int) -> None:
        c, place, thumbnail = style.colors(), self._places[index], self._thumbnails[index]
        hue = QColor(c.phase(thumbnail.ring)[0])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if thumbnail.current is not None and len(place.tiles.planes) > 1:
            painter.setPen(QPen(hue, 2))
            painter.drawRect(QRectF(*place.plane_box(thumbnail.current).grown(1)))
        if thumbnail.ring is not None:
            painter.setPen(QPen(hue, RING))
            painter.drawRoundedRect(QRectF(*place.box.grown(RING_GAP)), 6, 6)
        if thumbnail.winner is not None:
            self._paint_winner(painter, index, thumbnail)
        for cell, color in ((thumbnail.pointed, c.text), (thumbnail.selected, c.selection)):
            if cell is not None:
                painter.setPen(QPen(QColor(color), 2))
                painter.drawRect(_at_least(self._cell_rect(index, cell)).adjusted(-1, -1, 1, 1))

    def _paint_winner(self, painter: QPainter, index: int, thumbnail: Thumbnail) -> None:
        """A pointer at the largest output, and what it is called."""
        assert thumbnail.winner is not None
        c, place = style.colors(), self._places[index]
        cell = QRectF(*place.cell_box(0, thumbnail.winner))
        tip = QPointF(place.box.right + RING_GAP + 4, cell.center().y())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.text))
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(6, -4), tip + QPointF(6, 4)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(c.text), 1.6))
        painter.drawRect(cell)
        painter.setFont(style.font(style.CONTROL, 700))
        room = QRectF(tip.x() + 9, tip.y() - 10, 60, 20)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, thumbnail.winner_name)

    def _paint_label(self, painter: QPainter, index: int) -> None:
        """Name and size; δ before it where the thumbnails show errors that have come back."""
        c, place, thumbnail = style.colors(), self._places[index], self._thumbnails[index]
        font = style.font(style.CAPTION, 600 if thumbnail.ring else 400)
        painter.setFont(font)
        mark = f"{thumbnail.mark} " if thumbnail.mark else ""
        width = round(place.label_box.width - text_width(mark, style.CAPTION, 700))
        text = painter.fontMetrics().elidedText(place.label, Qt.TextElideMode.ElideRight, width)
        total = text_width(mark, style.CAPTION, 700) + painter.fontMetrics().horizontalAdvance(text)
        room = QRectF(*place.label_box)
        room.setLeft(room.center().x() - total / 2)
        room.setWidth(total + 4)
        painter.setPen(QColor(c.phase(thumbnail.ring)[0] if thumbnail.ring else c.muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        if mark:
            painter.setFont(style.font(style.CAPTION, 700))
            painter.setPen(QColor(c.backward))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, mark)

    def _paint_arrow(self, painter: QPainter, index: int) -> None:
        """From a layer to the next; once the error has come back over it, the other way round."""
        c = style.colors()
        left, right = self._places[index].box, self._places[index + 1].box
        y = left.center.y
        start, end = left.right + RING_GAP + 3, right.x - RING_GAP - 3
        if end - start < 2 * HEAD:
            return
        is_back = bool(self._thumbnails[index].mark)
        hue = QColor(c.backward if is_back else c.outline)
        painter.setPen(QPen(hue, 1.6))
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        tip, way = (start, 1) if is_back else (end, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(hue)
        corners = ((tip - way, y), (tip + way * 1.6 * HEAD, y - HEAD), (tip + way * 1.6 * HEAD, y + HEAD))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

    # Qt

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._thumbnails:
            return
        bounds = self.boundingRect()
        painter.fillRect(bounds, QColor(style.colors().canvas))
        painter.fillRect(QRectF(bounds.left(), bounds.top(), bounds.width(), 1), QColor(style.colors().line))
        for index in range(len(self._places)):
            if is_seen(painter, self._area(index)):
                self._paint_layer(painter, index)
                if index + 1 < len(self._places):
                    self._paint_arrow(painter, index)


def _label_width(text: str) -> float:
    """The width of a label with a mark before it."""
    return text_width(text, style.CAPTION, 600) + text_width("δ ", style.CAPTION, 700)


def _stretch(place: ThumbnailPlace, plane: int, first: int, end: int) -> QPolygonF:
    """The outline of the cells of a plane from one to another, in reading order."""
    if first >= end:
        return QPolygonF()
    columns, box = place.tiles.columns, place.plane_box(plane)
    start, last = place.cell_box(plane, first), place.cell_box(plane, end - 1)
    right = box.x + min(columns, end) * place.tiles.cell[0]
    if start.y == last.y:
        right = last.right
    left = box.x if start.y < last.y else start.x
    corners = (
        (start.x, start.y), (right, start.y), (right, last.y), (last.right, last.y),
        (last.right, last.bottom), (left, last.bottom), (left, start.bottom), (start.x, start.bottom),
    )  # fmt: skip
    return QPolygonF([QPointF(*corner) for corner in corners])


def _at_least(rect: QRectF) -> QRectF:
    """A rectangle about the same middle, large enough to be seen."""
    side = max(0.0, (LEAST_MARK - rect.width()) / 2), max(0.0, (LEAST_MARK - rect.height()) / 2)
    return rect.adjusted(-side[0], -side[1], side[0], side[1])
