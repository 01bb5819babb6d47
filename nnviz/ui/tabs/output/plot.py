"""A plot with two axes and examples as points, of which one can be put into focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from nnviz.engine.ops.base import Array
from nnviz.ui import style
from nnviz.ui.markers import hue, paint_marker, paint_ring, paint_wrong
from nnviz.ui.picture.axes import Axis
from nnviz.ui.tabs.output.clouds import Cloud

BOTTOM, TOP, RIGHT = 38, 8, 10
NEAR = 9.0  # pixels between the mouse and the point that it means


class Plot(QWidget):
    """Axes around an area, and clouds of examples on it; what lies below them is up to the subclass.

    A click on an example that is trained on asks for it by `focused`. `told` says in words what a point is.
    """

    focused = Signal(int)
    widest, highest = 4.0, 1.4  # of the area, as multiples of its height and of its width

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.horizontal = Axis("", 0.0, 1.0)
        self.vertical = Axis("", 0.0, 1.0)
        self.clouds: tuple[Cloud, ...] = ()
        self.in_focus: int | None = None
        self.told: Callable[[Cloud, int], str] = lambda cloud, place: ""
        self.setMouseTracking(True)
        self.setMinimumSize(160, 120)

    def show_points(self, x: Axis, y: Axis, clouds: Sequence[Cloud], in_focus: int | None) -> None:
        """Other axes, other points."""
        self.horizontal, self.vertical = x, y
        self.clouds, self.in_focus = tuple(clouds), in_focus
        self.update()

    def show_focus(self, row: int | None) -> None:
        """Ring another example."""
        self.in_focus = row
        self.update()

    # Where things stand

    @property
    def area(self) -> QRectF:
        """The field between the axes."""
        metrics = QFontMetricsF(style.font(style.CAPTION))
        left = max((metrics.horizontalAdvance(one.text) for one in self.vertical.ticks()), default=0.0) + 8
        left = max(left + metrics.height() + 2, 24.0)
        wide, high = self.width() - left - RIGHT, float(self.height() - TOP - BOTTOM)
        wide, high = max(20.0, min(wide, self.widest * high)), max(20.0, min(high, self.highest * wide))
        return QRectF(left, TOP, wide, high)

    def points(self, x: Array, y: Array) -> Array:
        """Pixels of places on the axes: (n, 2)."""
        area = self.area
        across = area.left() + self.horizontal.share(x) * area.width()
        down = area.bottom() - self.vertical.share(y) * area.height()
        return np.stack([across, down], axis=-1)

    def nearest(self, at: QPointF) -> tuple[Cloud, int] | None:
        """The example under the mouse; where several lie the one that is drawn last."""
        found: tuple[Cloud, int] | None = None
        least = NEAR
        for cloud in self.clouds:
            away = np.hypot(*(self.points(cloud.x, cloud.y) - (at.x(), at.y())).T)
            place = len(away) - 1 - int(np.argmin(np.nan_to_num(away[::-1], nan=np.inf)))
            if away[place] < least:
                found, least = (cloud, place), float(away[place])
        return found

    def place_of(self, cloud: Cloud, place: int) -> QPointF:
        """Where an example stands."""
        return QPointF(*self.points(cloud.x[place], cloud.y[place]))

    # What a subclass draws and tells

    def paint_ground(self, painter: QPainter, area: QRectF) -> None:
        """What lies below the points."""

    def fill_of(self, cloud: Cloud, place: int) -> QColor:
        """The color of a point."""
        kind = int(cloud.kinds[place])
        return QColor(hue(kind) if kind >= 0 else style.colors().training)

    def told_at(self, at: QPointF) -> str:
        """What is said of a place without a point."""
        return ""

    # Painting

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        c = style.colors()
        painter.setFont(style.font(style.CAPTION))
        painter.setPen(QColor(c.muted))
        height = painter.fontMetrics().height()
        for tick in self.horizontal.ticks(max(2, int(area.width() / 58))):
            at = area.left() + float(self.horizontal.share(tick.at)) * area.width()
            place = QRectF(at - 40, area.bottom() + 3, 80, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, tick.text)
        for tick in self.vertical.ticks(max(2, int(area.height() / 40))):
            at = area.bottom() - float(self.vertical.share(tick.at)) * area.height()
            place = QRectF(0, at - height / 2, area.left() - 6, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick.text)
        below = QRectF(area.left(), area.bottom() + height + 2, area.width(), height)
        _write(painter, below, self.horizontal.name)
        painter.save()
        painter.translate(height / 2 + 1, area.center().y())
        painter.rotate(-90)
        beside = QRectF(-area.height() / 2, -height / 2, area.height(), height)
        _write(painter, beside, self.vertical.name)
        painter.restore()

    def _paint_clouds(self, painter: QPainter) -> None:
        ring = None
        for cloud in reversed(self.clouds):  # what is trained on lies on top
            is_hollow = not cloud.source.is_training
            for place, (left, top) in enumerate(self.points(cloud.x, cloud.y)):
                if not np.isfinite(left + top):
                    continue
                at = QPointF(left, top)
                kind = int(cloud.kinds[place])
                if cloud.wrong[place]:
                    paint_wrong(painter, at)
                edge = style.colors().panel if cloud.values is None else style.colors().text
                paint_marker(painter, at, kind, self.fill_of(cloud, place), is_hollow, edge)
                if not is_hollow and place == self.in_focus:
                    ring = at
        if ring is not None:
            paint_ring(painter, ring)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(350, 340)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            c, area = style.colors(), self.area
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.save()
            painter.setClipRect(area)
            self.paint_ground(painter, area)
            painter.restore()
            painter.setPen(QPen(QColor(c.control_border), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area)
            self._paint_axes(painter, area)
            painter.setClipRect(area.adjusted(-6, -6, 6, 6))
            self._paint_clouds(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.nearest(event.position()) if event.button() is Qt.MouseButton.LeftButton else None
        if found is not None and found[0].source.is_training:
            self.focused.emit(found[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.nearest(event.position())
        can_focus = found is not None and found[0].source.is_training
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_focus else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            QToolTip.showText(event.globalPos(), self.tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def tip(self, at: QPointF) -> str:
        """What is told under the mouse: of the point there, or of the place."""
        found = self.nearest(at)
        if found is not None:
            return self.told(*found)
        return self.told_at(at) if self.area.contains(at) else ""


def _write(painter: QPainter, rect: QRectF, text: str) -> None:
    """The name of an axis in the middle of its place."""
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(rect.width()))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, shown)
