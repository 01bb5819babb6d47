"""The signs of units that learn nothing: a hatch (dropped), a cross (dead), a flat bar (saturated)."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from nnviz.ui import style
from nnviz.ui.picture.conditions import Condition

SMALLEST = 5.0  # a sign that is smaller on the device is left away


def paint_hatch(painter: QPainter, ellipse: QRectF) -> None:
    """Gray hatching over the disc of a unit that is dropped."""
    painter.setPen(Qt.PenStyle.NoPen)
    for brush in _hatching():
        painter.setBrush(brush)
        painter.drawEllipse(ellipse)


def paint_hatched_box(painter: QPainter, box: QRectF, radius: float) -> None:
    """The same over the box of an input, inside the frame that is set."""
    for brush in _hatching():
        painter.setBrush(brush)
        painter.drawRoundedRect(box, radius, radius)


def _hatching() -> tuple[QBrush, QBrush]:
    c = style.colors()
    return QBrush(QColor(c.window)), QBrush(QColor(c.control_border), Qt.BrushStyle.BDiagPattern)


def paint_word(painter: QPainter, box: QRectF, condition: Condition, pixels: float) -> None:
    """Sign and word in place of the sketch of φ."""
    side = min(box.height(), 14.0)
    sign = QRectF(box.left() - 4, box.center().y() - side / 2, side, side)
    if condition is Condition.DROPPED:
        sign.setWidth(0)
    else:
        paint_sign(painter, sign, condition)
    painter.setPen(QColor(style.colors().muted))
    painter.setFont(style.font(pixels, 600))
    room = QRectF(sign.right() + 4, box.top(), box.width(), box.height())
    if condition is Condition.DROPPED:
        room.moveLeft(box.left() - 4)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(room, flags, condition.value)


def paint_sign(painter: QPainter, box: QRectF, condition: Condition, color: str = "") -> None:
    """The sign alone, as it stands in the legend, in small neurons and in the cells of large layers."""
    main = QColor(color or style.colors().muted)
    thick = max(1.2, min(2.2, box.width() / 8))
    painter.setPen(QPen(main, thick))
    middle, reach = box.center(), box.width() / 3
    if condition is Condition.DEAD:
        for way in (1, -1):
            painter.drawLine(middle + QPointF(-reach, -way * reach), middle + QPointF(reach, way * reach))
    elif condition is Condition.SATURATED:
        bar = QRectF(middle.x() - reach, middle.y() - thick, 2 * reach, 2 * thick)
        painter.fillRect(bar, main)
    else:
        for offset in (-reach, 0.0, reach):
            _paint_stroke(painter, box, offset)


def _paint_stroke(painter: QPainter, box: QRectF, offset: float) -> None:
    """One of the slanted strokes of the hatch, kept inside the box."""
    half = box.width() / 2 - abs(offset) / 2 - 1
    at = box.center() + QPointF(offset / 2, offset / 2)
    painter.drawLine(at + QPointF(-half, half), at + QPointF(half, -half))
