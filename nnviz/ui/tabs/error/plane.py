"""The error over one or two weights, with the way of the run on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.engine.weight_path import WeightPath
from nnviz.ui import style
from nnviz.ui.tabs.error.axes import Axes, area_of, paint_axes, paint_names
from nnviz.ui.tabs.error.image import picture_of
from nnviz.ui.tabs.error.path_painting import paint_curve, paint_path, paint_present, paint_tangent
from nnviz.ui.tabs.error.weight_range import LARGEST, Numbers, Range, rounded
from nnviz.ui.tabs.error.work import Surface

REACH = 9  # pixels from a place of the path within which a click means it
STEP = 1.25  # of the wheel
STALE = 0.4  # opacity of a surface that belongs to another iteration
NOTHING = np.empty((0, 2))


@dataclass(frozen=True, eq=False)
class OnPlane:
    """What is drawn on the surface: the path, where it has come to, the next step and the slope, if known."""

    names: tuple[str, ...]
    path: WeightPath
    ahead: Numbers | None = None
    slope: float | None = None


class WeightPlane(QWidget):
    """A height map with contour lines over two weights, or a curve over one."""

    hovered = Signal(object)  # the weights below the mouse, (k,), or None
    reached = Signal(int)  # a click on a place of the path: its iteration
    placed = Signal(object)  # a double click elsewhere: the weights there, (k,)
    zoomed = Signal(float, object)  # by the wheel: a factor, and the weights that stay where they are

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)
        self.setAccessibleName("Error over the chosen weights, with the path of the run")
        self.surface: Surface | None = None
        self.ranges: tuple[Range, ...] = ()
        self.on_plane: OnPlane | None = None
        self._is_current = True
        self._near: int | None = None
        self._image: QImage | None = None
        self._image_of: object = None

    def show_on(self, on_plane: OnPlane | None, ranges: tuple[Range, ...]) -> None:
        self.on_plane, self.ranges = on_plane, ranges
        self.update()

    def show_surface(self, surface: Surface | None, is_current: bool) -> None:
        """Draw a surface; faded, where it belongs to another iteration."""
        self.surface, self._is_current = surface, is_current
        self.update()

    @property
    def is_curve(self) -> bool:
        return len(self.ranges) == 1

    def axes(self) -> Axes:
        """The axes as they are drawn."""
        assert self.on_plane is not None
        area, names = area_of(QRectF(self.rect())), self.on_plane.names
        if self.is_curve:
            return Axes(area, self.ranges[0], self._heights(), (names[0], "E"))
        return Axes(area, self.ranges[0], self.ranges[1], (names[0], names[1]))

    def places(self) -> Numbers:
        """Where the path has its places in pixels, (m, 2); on the curve, where there is one weight."""
        if self.on_plane is None:
            return NOTHING
        values = self.on_plane.path.values
        return self.axes().pixels(self._on_surface(values))

    def _on_surface(self, values: Numbers) -> Numbers:
        """Weights (m, k) as places of the plane (m, 2)."""
        if not self.is_curve:
            return values
        if self.surface is None:
            return np.column_stack([values[:, 0], np.full(len(values), np.nan)])
        low = self.surface.ranges[0]
        heights = np.interp(values[:, 0], low.steps(len(self.surface.heights)), self.surface.heights)
        return np.column_stack([values[:, 0], heights])

    def _heights(self) -> Range:
        """The range of E that a curve needs; from 0, unless all of it is far above."""
        known = np.empty(0) if self.surface is None else self.surface.heights
        known = np.minimum(known[np.isfinite(known)], LARGEST)
        if not len(known) or known.max() <= 0:
            return Range(0.0, 1.0)
        low, high = float(known.min()), float(known.max())
        start = 0.0 if low < 0.5 * high else low
        room = 0.06 * max(high - start, 1e-9 * high)
        return Range(start - room, high + room)

    def _nearest(self, point: QPointF) -> int | None:
        """The place of the path at a point, the latest of several."""
        places = self.places()
        if not len(places):
            return None
        distances = np.hypot(places[:, 0] - point.x(), places[:, 1] - point.y())
        distances = np.where(np.isfinite(distances), distances, np.inf)
        best = len(distances) - 1 - int(np.argmin(distances[::-1]))
        return best if distances[best] <= REACH else None

    @property
    def near(self) -> int | None:
        """The iteration whose place the mouse is at."""
        if self._near is None or self.on_plane is None or self._near >= len(self.on_plane.path.iterations):
            return None
        return int(self.on_plane.path.iterations[self._near])

    def _weights_at(self, point: QPointF) -> Numbers:
        if self._near is not None and self.on_plane is not None:
            return self.on_plane.path.values[self._near]
        axes = self.axes()
        pixels = (axes.area.width(), axes.area.height())
        places = zip(axes.value(point), self.ranges, pixels, strict=False)
        return np.array([rounded(value, along.span / length) for value, along, length in places])

    # Painting

    def _paint_ground(self, painter: QPainter, axes: Axes) -> None:
        surface = self.surface
        if surface is None or len(surface.ranges) != len(self.ranges):
            painter.setFont(style.font(style.CONTROL))
            painter.setPen(QColor(style.colors().muted))
            painter.drawText(axes.area, Qt.AlignmentFlag.AlignCenter, "computing …")
            return
        painter.setOpacity(1.0 if self._is_current else STALE)
        if self.is_curve:
            steps = surface.ranges[0].steps(len(surface.heights))
            paint_curve(painter, axes.pixels(np.column_stack([steps, surface.heights])))
        else:
            target = axes.rect(surface.ranges[0], surface.ranges[1])
            painter.drawImage(target, self._picture(surface, axes.area))
        painter.setOpacity(1.0)

    def _picture(self, surface: Surface, area: QRectF) -> QImage:
        """The image of a surface, made once for a size and a theme."""
        scale = self.devicePixelRatioF()
        size = round(area.width() * scale), round(area.height() * scale)
        key = (surface, size, style.colors())
        if self._image is None or self._image_of != key:
            self._image, self._image_of = picture_of(surface, *size, scale), key
        return self._image

    def _paint_run(self, painter: QPainter, axes: Axes, on_plane: OnPlane) -> None:
        places = self.places()
        if self.is_curve and on_plane.slope is not None and np.isfinite(places[-1]).all():
            paint_tangent(painter, axes, on_plane.path.values[-1, 0], places[-1], on_plane.slope)
        paint_path(painter, places, self._near, joined=not self.is_curve)
        ahead = None
        if on_plane.ahead is not None:
            ahead = axes.pixels(self._on_surface(on_plane.ahead[None]))[0]
        paint_present(painter, places[-1], ahead)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(336, 336)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.on_plane is None or not self.ranges:
            return
        with QPainter(self) as painter:
            axes = self.axes()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.save()
            painter.setClipRect(axes.area)
            self._paint_ground(painter, axes)
            paint_names(painter, axes)
            self._paint_run(painter, axes, self.on_plane)
            painter.restore()
            paint_axes(painter, axes)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.on_plane is None:
            return
        point = event.position()
        is_inside = area_of(QRectF(self.rect())).contains(point)
        self._near = self._nearest(point) if is_inside else None
        is_path = self._near is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_path else Qt.CursorShape.ArrowCursor)
        self.hovered.emit(self._weights_at(point) if is_inside else None)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._near = None
        self.hovered.emit(None)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.on_plane is not None:
            self._near = self._nearest(event.position())
            if self.near is not None:
                self.reached.emit(self.near)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        is_inside = area_of(QRectF(self.rect())).contains(event.position())
        if event.button() is Qt.MouseButton.LeftButton and self.on_plane is not None and is_inside:
            self._near = self._nearest(event.position())
            if self._near is None:
                self.placed.emit(self._weights_at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned and self.on_plane is not None:
            about = np.array(self.axes().value(event.position())[: len(self.ranges)])
            self.zoomed.emit(STEP ** (-turned / 120), about)
        event.accept()
