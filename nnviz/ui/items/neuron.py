"""A neuron: its weighted sum on the left, its activation on the right, its number, its bias, and δ."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from nnviz.engine.outline import Pass
from nnviz.ui import style
from nnviz.ui.items.condition import paint_hatch, paint_sign, paint_word
from nnviz.ui.items.edge import HALO, HALO_ALPHA, paint_bar
from nnviz.ui.items.number import NumberItem, Placed, is_readable, not_yet_pen, text_width
from nnviz.ui.items.overview_colors import shaded
from nnviz.ui.layout.annotations import Annotations, BiasPlace
from nnviz.ui.layout.geometry import Box, Disc, Point, as_share, centered, leaves_disc
from nnviz.ui.layout.network import NetworkLayout, Sizes
from nnviz.ui.picture.conditions import Condition
from nnviz.ui.picture.maps_parts import Tone
from nnviz.ui.picture.parts import NeuronPart, Number
from nnviz.ui.picture.tiles import Tiles

RING, RING_GAP = 3.2, 6.0
AROUND = 230.0  # how far bias and slope tag may stand from the center
SKETCH = (34.0, 20.0)
THICKEST = 5.0  # bias line
TANGENT = 17.0  # to each side of the operating point

LETTER_WIDTH = 0.5  # of a letter of the formula font, in its size


class NeuronItem(NumberItem):
    """Painted in scene coordinates; `place` says where, `show` what."""

    def __init__(self) -> None:
        super().__init__()
        self.part: NeuronPart | None = None
        self._bias: BiasPlace | None = None
        self._slope_box: Box | None = None
        self._drawn_curve: tuple[tuple, QPolygonF] | None = None
        self._tiles: Tiles | None = None
        self._tile: tuple[object, QImage] | None = None

    def place(self, layout: NetworkLayout, notes: Annotations, layer: int, unit: int) -> None:
        self._sizes: Sizes = layout.sizes
        self._center: Point = layout.columns[layer + 1].units[unit]
        self._key = layer, unit
        self._badge = layout.badge(layer + 1, unit)
        self._wide_badge = layout.badge(layer + 1, unit, notes.badge)
        self._bias = notes.biases.get((layer, unit))
        self.part = None
        around = centered(self._center, 2 * AROUND, 2 * AROUND)
        self.set_bounds(QRectF(*around))

    def show_part(self, part: NeuronPart, slope_box: Box | None) -> None:
        self.part, self._slope_box = part, slope_box
        self.setZValue(15 if slope_box is not None else 5)
        placed = [*self._biases(part), *self._values(part), *self._badges(part), *self._learned_slopes(part)]
        if part.slope is not None and slope_box is not None:
            placed.append(Placed(part.slope, slope_box, 14, letter="φ′", ground="tint", radius=7))
        self.placed = tuple(placed)
        self.update()

    def show_tiles(self, tiles: Tiles | None) -> None:
        """What it says of the whole plane of two inputs, which it shows where it is too small for numbers."""
        self._tiles = tiles
        if self._tile is not None:  # it has shown one: numbers had no room
            self.update()

    # Where its numbers stand

    def _values(self, part: NeuronPart) -> list[Placed]:
        sizes, (x, y) = self._sizes, self._center
        high, r = 1.5 * sizes.value, sizes.radius
        if sizes.compact:
            wide, centers = 1.62 * r, (Point(x, y - 0.36 * r), Point(x, y + 0.27 * r))
        else:
            wide, centers = r - 1, (Point(x - 29, y), Point(x + 29, y))
        rooms = (centered(center, wide, high) for center in centers)
        return [
            self._value(number, room, name)
            for number, room, name in zip((part.z, part.a), rooms, "za", strict=True)
        ]

    def _value(self, number: Number, room: Box, name: str) -> Placed:
        """z or a; its empty place is smaller than the half it stands in, and has the name in it."""
        if number.is_computed:
            return Placed(number, room, self._sizes.value, ink="plain")
        empty = centered(room.center, min(room.width, 40), room.height - 2)
        return Placed(number, empty, self._sizes.value, letter=name)

    def _learned_slopes(self, part: NeuronPart) -> list[Placed]:
        """λ stands where φ has its letter; small neurons have no room for it."""
        if part.learned_slope is None or self._sizes.compact:
            return []
        room = centered(Point(self._center.x + 28, self._center.y - 20), 54, 17)
        return [Placed(part.learned_slope, room, self._sizes.label, letter="λ", ink="plain")]

    def _badges(self, part: NeuronPart) -> list[Placed]:
        if part.delta is None:
            return []
        sizes, box = self._sizes, self._badge
        ground = "fill" if part.badge_is_new else "tint"
        placed = Placed(
            part.delta,
            box,
            sizes.value + 0.5,
            letter=part.badge_letter,
            ground=ground,
            radius=13,
            stays_small=True,
        )
        if not part.delta.is_computed:
            return [placed]
        box = self._wide_badge
        more = LETTER_WIDTH * (len(part.badge_letter) - 1) * sizes.value  # ∂E/∂a is longer than δ
        return [replace(placed, box=Box(box.x - more / 2, box.y, box.width + more, box.height))]

    def _biases(self, part: NeuronPart) -> list[Placed]:
        if part.bias is None or self._bias is None:
            return []
        place, sizes, bias = self._bias, self._sizes, part.bias
        high = 1.4 * sizes.label
        wide = min(place.room.width, text_width(bias.value.text, sizes.label) + 2.3 * sizes.label)
        first = Box(place.room.right - wide, place.at.y - high / 2, wide, high)
        found = [
            Placed(bias.value, first, sizes.label, letter="w₀", ground="plate", is_struck=bias.is_replaced)
        ]
        if bias.below is not None:
            second = Box(place.room.x, first.bottom - 1, place.room.width, high)
            found.append(Placed(bias.below, second, sizes.label, ground="plate"))
        return found

    # Painting

    def paint_behind(self, painter: QPainter) -> None:
        part = self.part
        if part is None:
            return
        if is_readable(painter, self._sizes.value):
            self._tile = None
            self._paint_bias_line(painter, part)
            self._paint_halves(painter, part)
            self._paint_function(painter, part)
        else:
            self._paint_fill(painter, part)
        self._paint_outline(painter, part)
        self._paint_bead(painter, part)
        if part.slope is not None and self._slope_box is not None and is_readable(painter, self._sizes.value):
            self._paint_leader(painter, self._slope_box)

    def _disc(self, grown: float = 0.0) -> QRectF:
        r = self._sizes.radius + grown
        return QRectF(self._center.x - r, self._center.y - r, 2 * r, 2 * r)

    def _paint_fill(self, painter: QPainter, part: NeuronPart) -> None:
        """Too small for numbers: the disc says in color how active it is, everywhere or for the example."""
        c = style.colors()
        value = part.a.value
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.canvas) if value is None else c.diverging_cell(value, part.share_of, False))
        if self._tiles is not None:
            painter.setBrush(self._plane_brush(self._tiles))
        painter.drawEllipse(self._disc())
        if part.conditions:
            self._paint_small_sign(painter, part.conditions[0])

    def _plane_brush(self, tiles: Tiles) -> QBrush:
        """The plane of the inputs around the disc, pixel by pixel."""
        made_of = tiles, style.colors()
        if self._tile is None or self._tile[0] != made_of:
            self._tile = made_of, shaded(tiles.of(*self._key), 1.0, Tone.SIGNED, style.colors())
        image, disc = self._tile[1], self._disc()
        brush = QBrush(image)
        moved = QTransform.fromTranslate(disc.left(), disc.top())
        brush.setTransform(moved.scale(disc.width() / image.width(), disc.height() / image.height()))
        return brush

    def _paint_small_sign(self, painter: QPainter, condition: Condition) -> None:
        c, r = style.colors(), 0.8 * self._sizes.radius
        if condition is Condition.DROPPED:
            painter.setBrush(QColor(c.window))
            painter.drawEllipse(self._disc())
        paint_sign(
            painter, QRectF(self._center.x - r, self._center.y - r, 2 * r, 2 * r), condition, c.outline
        )

    def _paint_halves(self, painter: QPainter, part: NeuronPart) -> None:
        c = style.colors()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.canvas))
        painter.drawEllipse(self._disc())
        if Condition.DROPPED in part.conditions:
            paint_hatch(painter, self._disc())
        elif part.z.is_computed:
            painter.setBrush(QColor(c.forward_tint))
            start = 0 if self._sizes.compact else 90
            painter.drawChord(self._disc(), start * 16, 180 * 16)
        painter.setPen(QPen(QColor(c.outline), 1.4) if part.z.is_computed else not_yet_pen())
        x, y, r = *self._center, self._sizes.radius
        if self._sizes.compact:
            painter.drawLine(QPointF(x - r, y), QPointF(x + r, y))
        else:
            painter.drawLine(QPointF(x, y - r), QPointF(x, y + r))
            self._paint_symbols(painter, part)

    def _paint_symbols(self, painter: QPainter, part: NeuronPart) -> None:
        c = style.colors()
        letters = [("Σ", -25, part.z), (style.italic("φ"), 25, part.a)]
        for letter, dx, number in letters[: 1 if part.learned_slope is not None else 2]:
            painter.setPen(QColor(c.muted if number.is_computed else c.not_yet))
            painter.setFont(style.math_font(16))
            room = QRectF(self._center.x + dx - 15, self._center.y - 34, 30, 22)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, letter)

    def _sketch_box(self) -> QRectF:
        x, y, r = *self._center, self._sizes.radius
        if self._sizes.compact:
            wide, high = 0.72 * r, 0.3 * r
            return QRectF(x - wide / 2, y + 0.56 * r, wide, high)
        return QRectF(x + 26 - SKETCH[0] / 2, y + 16, *SKETCH)

    def _paint_function(self, painter: QPainter, part: NeuronPart) -> None:
        """The sketch of φ with the operating point, a bar for a probability, or the word that it is dead."""
        if not part.a.is_computed:
            return
        if self._has_word(part):
            paint_word(painter, self._sketch_box(), part.conditions[0], self._sizes.small - 0.5)
        elif part.sketch is not None:
            self._paint_sketch(painter, part)
        elif part.share is not None:
            self._paint_share(painter, part.share)

    def _has_word(self, part: NeuronPart) -> bool:
        """Whether a word stands in place of the sketch; a saturated unit has its mark on the sketch."""
        return part.conditions[:1] not in ((), (Condition.SATURATED,))

    def _paint_sketch(self, painter: QPainter, part: NeuronPart) -> None:
        c, box, sketch = style.colors(), self._sketch_box(), part.sketch
        assert sketch is not None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(c.line), 1.0))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setPen(QPen(QColor(c.forward), 1.8))
        painter.drawPolyline(self._curve(part))
        at = self._operating_point()
        if at is None:
            return
        if part.slope is not None and part.slope.value is not None:
            slope = sketch.slope_in_square(part.slope.value) * box.height() / box.width()
            self._paint_tangent(painter, at, slope)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.forward))
        if Condition.SATURATED in part.conditions:
            painter.drawRect(QRectF(at.x() - 6, at.y() - 2, 12, 4))
        else:
            painter.drawEllipse(at, 3.6, 3.6)

    def _curve(self, part: NeuronPart) -> QPolygonF:
        """The polyline of φ in the scene, made again only when function or place change."""
        assert part.sketch is not None
        key = (id(part.sketch), self._center, self._sizes)
        if self._drawn_curve is None or self._drawn_curve[0] != key:
            box = self._sketch_box()
            self._drawn_curve = (key, QPolygonF([_in(box, *point) for point in part.sketch.points]))
        return self._drawn_curve[1]

    def _operating_point(self) -> QPointF | None:
        """Where it is on its sketch; None before it is computed, and where it is not a number."""
        part = self.part
        if part is None or part.sketch is None or part.z.value is None or part.level is None:
            return None
        place = part.sketch.operating_point(part.z.value, part.level)
        return None if place is None else _in(self._sketch_box(), *place)

    def _paint_tangent(self, painter: QPainter, at: QPointF, slope: float) -> None:
        if math.isnan(slope):
            return
        angle = math.atan(slope)
        reach = QPointF(math.cos(angle), -math.sin(angle)) * TANGENT
        painter.setPen(QPen(QColor(style.colors().text), 1.8))
        painter.drawLine(at - reach, at + reach)

    def _paint_share(self, painter: QPainter, share: float) -> None:
        c, box = style.colors(), self._sketch_box()
        bar = QRectF(box.left(), box.top() + 3, box.width(), min(9.0, box.height()))
        painter.setPen(QPen(QColor(c.control_border), 1.0))
        painter.setBrush(QColor(c.grid))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.forward))
        painter.drawRoundedRect(
            QRectF(bar.left(), bar.top(), bar.width() * as_share(share), bar.height()), 3, 3
        )

    def _paint_outline(self, painter: QPainter, part: NeuronPart) -> None:
        c = style.colors()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(c.outline), 1.8) if part.z.is_computed else _dashed(c.not_yet))
        painter.drawEllipse(self._disc())
        if part.ring is not None:
            painter.setPen(QPen(QColor(c.phase(part.ring)[0]), RING))
            painter.drawEllipse(self._disc(RING_GAP))

    def _paint_bead(self, painter: QPainter, part: NeuronPart) -> None:
        c, r = style.colors(), self._sizes.bead
        main = QColor(c.phase(part.ring)[0]) if part.ring else QColor(c.outline)
        at = QPointF(self._center.x, self._center.y - self._sizes.radius)
        painter.setBrush(QColor(c.canvas))
        painter.setPen(QPen(main, 2.4 if part.ring else 1.8))
        painter.drawEllipse(at, r, r)
        if is_readable(painter, self._sizes.value):
            painter.setPen(main if part.ring else QColor(c.text))
            painter.setFont(style.font(self._sizes.value, 600))
            painter.drawText(
                QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r), Qt.AlignmentFlag.AlignCenter, part.number
            )

    def _paint_bias_line(self, painter: QPainter, part: NeuronPart) -> None:
        """The bias leads into its neuron like any weight; at the finest depth from an input that is 1."""
        if part.bias is None or self._bias is None:
            return
        c, line = style.colors(), self._bias.line
        weight = part.bias.weight
        color = QColor(c.sign(weight)[0])
        start = self._bias.one.center if part.shows_one else line.start
        if part.bias_into is not None:
            painter.setPen(QPen(style.with_alpha(c.phase(part.bias_into)[0], HALO_ALPHA), HALO - 4))
            painter.drawPolyline([QPointF(*start), QPointF(*line.start), QPointF(*line.end)])
        width = 1.2 + 6 * abs(weight) if math.isfinite(weight) else THICKEST
        painter.setPen(QPen(color, min(width, THICKEST)))
        if part.shows_one:
            painter.drawLine(QPointF(*start), QPointF(*line.start))
        painter.drawLine(QPointF(*line.start), QPointF(*line.end))
        if weight < 0:
            paint_bar(painter, line.start, line.end, color, 9)
        if part.shows_one:
            self._paint_one(painter, self._bias.one)

    def _paint_one(self, painter: QPainter, box: Box) -> None:
        c = style.colors()
        painter.setBrush(QColor(c.canvas))
        painter.setPen(QPen(QColor(c.phase(Pass.FORWARD)[0]), 1.8))
        painter.drawRoundedRect(QRectF(*box), 5, 5)
        painter.setPen(QColor(c.text))
        painter.setFont(style.font(self._sizes.label, 600))
        painter.drawText(QRectF(*box), Qt.AlignmentFlag.AlignCenter, "1")

    def _paint_leader(self, painter: QPainter, box: Box) -> None:
        """From the tangent to the tag of its slope."""
        at = self._operating_point()
        if at is None or self.part is None or self._has_word(self.part):
            return
        near = QPointF(box.x if box.x > at.x() else box.right, box.center.y)
        if box.center.y < self._center.y:  # not across the numbers
            rim = leaves_disc(Disc(self._center, self._sizes.radius), box.center)
            at = QPointF(*rim)
        path = QPainterPath(at)
        path.quadTo(QPointF((at.x() + near.x()) / 2, near.y()), near)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(style.colors().forward), 1.8))
        painter.drawPath(path)

    def number_at(self, point: QPointF) -> Number | None:
        """The number under a point; either half of the disc belongs to its number."""
        exact = super().number_at(point)
        if exact is not None or self.part is None:
            return exact
        dx, dy = point.x() - self._center.x, point.y() - self._center.y
        if dx * dx + dy * dy > self._sizes.radius**2:
            return None
        side = dy if self._sizes.compact else dx
        return self.part.z if side < 0 else self.part.a


def _in(box: QRectF, x: float, y: float) -> QPointF:
    """A point of the unit square, y upward, in a box of the scene."""
    return QPointF(box.left() + x * box.width(), box.bottom() - y * box.height())


def _dashed(color: str) -> QPen:
    pen = QPen(QColor(color), 1.4, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([4, 3])
    return pen
