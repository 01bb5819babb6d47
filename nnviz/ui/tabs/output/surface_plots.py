"""The plane of two inputs, colored by what a neuron says; and all neurons of a layer side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from nnviz.engine.numbers import show
from nnviz.ui import style
from nnviz.ui.picture.surface import Surface
from nnviz.ui.style import mixed
from nnviz.ui.tabs.output.clouds import Cloud
from nnviz.ui.tabs.output.plot import Plot
from nnviz.ui.tabs.output.surface_image import image_of_surface, paint_surface

GAP, HEAD = 8, 18


class PlanePlot(Plot):
    """A surface below the examples, of a fit the examples in the colors of the surface."""

    widest, highest = 1.8, 1.15

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.surface: Surface | None = None
        self.symbol = ""  # of the neuron, or the names of the classes where one wins
        self.class_names: tuple[str, ...] = ()
        self._image: tuple[Surface, style.Colors, QImage] | None = None
        self.setAccessibleName("What the network says of every point of its input")

    def show_surface(self, surface: Surface | None, symbol: str, names: tuple[str, ...]) -> None:
        """Other colors below the points."""
        self.surface, self.symbol, self.class_names = surface, symbol, names
        self.update()

    def image(self) -> QImage | None:
        """The surface in the colors of the theme."""
        if self.surface is None:
            return None
        made = self._image
        if made is None or made[0] is not self.surface or made[1] is not style.colors():
            made = self._image = (self.surface, style.colors(), image_of_surface(self.surface))
        return made[2]

    def paint_ground(self, painter: QPainter, area: QRectF) -> None:
        image = self.image()
        if self.surface is not None and image is not None:
            paint_surface(painter, area, self.surface, image, 2.4)

    def fill_of(self, cloud: Cloud, place: int) -> QColor:
        if cloud.values is None or self.surface is None:
            return super().fill_of(cloud, place)
        part = float(self.surface.scale.part(cloud.values[place]))
        c = style.colors()
        return mixed(QColor(c.diverging[1]), QColor(c.positive if part > 0 else c.negative), abs(part) ** 0.8)

    def told_at(self, at: QPointF) -> str:
        if self.surface is None:
            return ""
        area, side = self.area, self.surface.values.shape[0]
        across, down = (at.x() - area.left()) / area.width(), (at.y() - area.top()) / area.height()
        value = self.surface.values[round(down * (side - 1)), round(across * (side - 1))]
        where = f"{self.horizontal.name} = {show(self.horizontal.original(self.horizontal.at(across)), 3)}, "
        where += f"{self.vertical.name} = {show(self.vertical.original(self.vertical.at(1 - down)), 3)}"
        if value.ndim:
            said = int(value.argmax())
            return f"{where}\n{self.class_names[said]} ({show(float(value[said]), 3)})"
        return f"{where}\n{self.symbol} = {show(float(value), 3)}"


class SurfaceGrid(QWidget):
    """Small surfaces of all neurons of a layer; a click enlarges one."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.surfaces: tuple[Surface, ...] = ()
        self.titles: tuple[str, ...] = ()
        self._images: list[QImage] = []
        self._painted: style.Colors | None = None
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("What every neuron of a layer says of every point of the input")

    def show_surfaces(self, surfaces: Sequence[Surface], titles: Sequence[str]) -> None:
        """Other neurons, or the same with other parameters."""
        self.surfaces, self.titles, self._painted = tuple(surfaces), tuple(titles), None
        self.update()

    def rect_of(self, place: int) -> QRectF:
        """The square of a neuron; as large as all of them fit."""
        columns, side = self._fit()
        row, column = divmod(place, columns)
        return QRectF(GAP + column * (side + GAP), HEAD + row * (side + HEAD + GAP), side, side)

    def _fit(self) -> tuple[int, float]:
        count, best = max(len(self.surfaces), 1), (1, 0.0)
        for columns in range(1, count + 1):
            rows = math.ceil(count / columns)
            wide = (self.width() - GAP) / columns - GAP
            high = self.height() / rows - GAP - HEAD
            best = max(best, (columns, min(wide, high)), key=lambda one: one[1])
        return best[0], max(best[1], 12.0)

    def place_at(self, at: QPointF) -> int | None:
        """The neuron under a point."""
        hits = (i for i in range(len(self.surfaces)) if self.rect_of(i).contains(at))
        return next(hits, None)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(350, 340)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = style.colors()
        with QPainter(self) as painter:
            if self._painted is not c:
                self._images, self._painted = [image_of_surface(one) for one in self.surfaces], c
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(style.font(style.CAPTION))
            for place, surface in enumerate(self.surfaces):
                rect = self.rect_of(place)
                painter.setPen(QColor(c.text if place == self._hovered else c.muted))
                head = QRectF(rect.left(), rect.top() - HEAD, rect.width(), HEAD)
                painter.drawText(head, Qt.AlignmentFlag.AlignCenter, self.titles[place])
                painter.save()
                painter.setClipRect(rect)
                paint_surface(painter, rect, surface, self._images[place], 1.6)
                painter.restore()
                is_hovered = place == self._hovered
                painter.setPen(
                    QPen(QColor(c.text if is_hovered else c.control_border), 2 if is_hovered else 1)
                )
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(rect)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self.chosen.emit(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place != self._hovered:
            self._hovered = place
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            place = self.place_at(QPointF(event.pos()))
            text = "" if place is None else f"{self.titles[place]}: {self.surfaces[place].scale.line}"
            QToolTip.showText(event.globalPos(), text.removesuffix(": "), self)
            return True
        return super().event(event)
