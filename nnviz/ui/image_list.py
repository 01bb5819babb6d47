"""The images of a lesson as a list: a thumbnail for each example, its target and the network's answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array
from nnviz.ui import style
from nnviz.ui.items.overview_colors import shaded
from nnviz.ui.picture.examples import Example, example_at
from nnviz.ui.picture.maps_parts import Tone

ROW, PICTURE, SPACE = 64, 52, 8
LEAST_HEIGHT = 12.0  # of a sequence, which has one row
EXAMPLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class ImageModel(QAbstractListModel):
    """The examples at a moment; what a row says is found out when it comes into sight."""

    def __init__(self) -> None:
        super().__init__()
        self.moment: Moment | None = None
        self._digits = 4
        self._rows = 0

    def show_moment(self, moment: Moment | None, digits: int) -> None:
        rows = 0 if moment is None else len(moment.settings.inputs)
        is_new = rows != self._rows
        if is_new:
            self.beginResetModel()
        self.moment, self._digits, self._rows = moment, digits, rows
        if is_new:
            self.endResetModel()

    def example(self, row: int) -> Example:
        assert self.moment is not None
        return example_at(self.moment, row, self._digits)

    def pixels(self, row: int) -> Array:
        """The image of an example: (channel, row, column)."""
        assert self.moment is not None
        return self.moment.settings.inputs[row]

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return self._rows

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.moment is None or not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.example(index.row()).text
        return self.example(index.row()) if role == EXAMPLE else None


class ImageList(QListView):
    """A click puts an example into focus. Keys belong to the window."""

    focused = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.model_of_images = ImageModel()
        self.setModel(self.model_of_images)
        self.setItemDelegate(ImageDelegate(self))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Images")
        self._focus: int | None = None
        self.clicked.connect(self._on_clicked)

    def show_moment(self, moment: Moment, digits: int) -> None:
        """Read from another moment; the example in focus stays in sight when it changes."""
        self.model_of_images.show_moment(moment, digits)
        if moment.focus != self._focus:
            self._focus = moment.focus
            self.scrollTo(self.model_of_images.index(moment.focus))
        self.viewport().update()

    def _on_clicked(self, index: QModelIndex) -> None:
        self.focused.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class ImageDelegate(QStyledItemDelegate):
    """A row: the image, and beside it name, target and answer."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ImageModel)
        example, c = model.example(index.row()), style.colors()
        stage = model.moment.stage if model.moment is not None else None
        hue, tint = c.phase(stage.into if stage is not None else None)
        rect = QRectF(option.rect).adjusted(1, 2, -4, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if example.in_focus or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(hue), 1.6) if example.in_focus else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tint if example.in_focus else c.grid))
            painter.drawRoundedRect(rect, 7, 7)
        _paint_image(painter, rect, model.pixels(index.row()))
        _paint_words(painter, rect.adjusted(PICTURE + 3 * SPACE, 0, -SPACE, 0), example)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, ROW)


def _paint_image(painter: QPainter, row: QRectF, pixels: Array) -> None:
    image = image_of_example(pixels)
    scale = PICTURE / max(image.width(), image.height())
    wide, high = image.width() * scale, max(image.height() * scale, LEAST_HEIGHT)
    left = row.left() + SPACE + (PICTURE - wide) / 2
    area = QRectF(left, row.center().y() - high / 2, wide, high)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
    painter.drawImage(area, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.colors().control_border), 1))
    painter.drawRect(area)


def _paint_words(painter: QPainter, area: QRectF, example: Example) -> None:
    """The name, and below it target and answer; an answer that is wrong says so by a cross."""
    c = style.colors()
    middle = area.center().y()
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.setFont(style.font(style.CONTROL, 600 if example.in_focus else 400))
    painter.setPen(QColor(c.text if example.in_batch else c.muted))
    has_more = bool(example.target or example.output)
    name = QRectF(area.left(), middle - 22, area.width(), 22) if has_more else area
    painter.drawText(name, left, example.name)
    mark = {True: " ✓", False: " ✗", None: ""}[example.is_right]
    words = "  ·  ".join(part for part in (example.target, example.output + mark) if part)
    painter.setFont(style.font(style.CAPTION))
    painter.setPen(QColor(c.muted))
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(area.width()))
    painter.drawText(QRectF(area.left(), middle, area.width(), 20), left, shown)


def image_of_example(pixels: Array) -> QImage:
    """One pixel a cell: in color where there are three channels, else the first one."""
    if len(pixels) == 3 and not (pixels < 0).any():
        largest = float(pixels.max())
        channels = np.rint(pixels.transpose(1, 2, 0) * (255 / largest if largest > 1 else 255))
        rows, columns, _ = channels.shape
        data = channels.astype(np.uint8).tobytes()
        return QImage(data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
    largest = float(np.abs(pixels[0]).max(initial=0.0))
    tone = Tone.SIGNED if (pixels[0] < 0).any() else Tone.GRAY
    return shaded(pixels[0], 1.0 if largest <= 1 else largest, tone, style.colors())
