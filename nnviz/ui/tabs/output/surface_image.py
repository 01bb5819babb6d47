"""A surface as an image, one pixel for every point that was computed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnviz.ui import style
from nnviz.ui.items.overview_colors import shaded
from nnviz.ui.markers import hue
from nnviz.ui.picture.maps_parts import Tone
from nnviz.ui.picture.surface import Surface, sureness

PALE = 0.5  # of a full color at most, for the points of the data stand out on it


def image_of_surface(surface: Surface) -> QImage:
    """The diverging map around the threshold, or the winning class, paler where it is less sure."""
    if surface.values.ndim == 3:
        return _image_of_classes(surface)
    return shaded(surface.scale.part(surface.values), 1 / PALE, Tone.SIGNED, style.colors())


def _image_of_classes(surface: Surface) -> QImage:
    values, zero = surface.values, _rgb(style.colors().diverging[1])
    finite = np.nan_to_num(values)
    hues = np.stack([_rgb(hue(kind)) for kind in range(values.shape[-1])])[finite.argmax(axis=-1)]
    share = (PALE + 0.1) * sureness(finite)[..., None]
    rgb = np.ascontiguousarray(np.rint(zero + (hues - zero) * share), dtype=np.uint8)
    rows, columns, _ = rgb.shape
    return QImage(rgb.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()


def _rgb(color: str) -> np.ndarray:
    one = QColor(color)
    return np.array([one.red(), one.green(), one.blue()], dtype=np.float64)


def paint_surface(painter: QPainter, area: QRectF, surface: Surface, image: QImage, width: float) -> None:
    """The image from corner to corner, and the line where the neuron changes its mind."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    inner = QRectF(image.rect()).adjusted(0.5, 0.5, -0.5, -0.5)  # the outer points lie on the frame
    painter.drawImage(area, image, inner)
    c = style.colors()
    scale, corner = (area.width(), area.height()), (area.left(), area.top())
    ends = (surface.lines * scale + corner).reshape(-1, 4).tolist()
    cap = Qt.PenCapStyle.RoundCap
    painter.setPen(QPen(QColor(c.text), width, Qt.PenStyle.SolidLine, cap))
    painter.drawLines([QLineF(*piece) for piece in ends])
