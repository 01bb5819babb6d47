"""What stands beside the neurons: columns with their titles, inputs, targets and loss, large layers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from nnviz.engine.ref import Part, Ref
from nnviz.ui import style
from nnviz.ui.items.condition import SMALLEST, paint_hatched_box, paint_sign
from nnviz.ui.items.number import READABLE, NumberItem, Placed, is_readable, text_width
from nnviz.ui.layout.annotations import NAME_WIDTH, input_name
from nnviz.ui.layout.geometry import Box, Point, centered
from nnviz.ui.layout.network import TITLE_Y, NetworkLayout
from nnviz.ui.picture.conditions import Condition
from nnviz.ui.picture.parts import ColumnPart, InputPart, Number, StripPart, TargetPart

TINT_ALPHA = 0.055
MOST_TITLE = 40.0  # in a network that is shown small, titles keep their size on the screen as far as they fit
LINE = 1.5  # the height of a line of text, in type sizes


class ColumnItem(NumberItem):
    """The title of a column, and the field behind it while the class is there."""

    def __init__(self) -> None:
        super().__init__()
        self.part: ColumnPart | None = None
        self.setZValue(-10)

    def place(self, layout: NetworkLayout, column: int) -> None:
        self._tint = QRectF(*layout.tint(column))
        gap = layout.columns[1].x - layout.columns[0].x
        self._width = max(self._tint.width(), gap - 8)
        center = layout.columns[column].x
        self._title = QRectF(center - self._width / 2, TITLE_Y - 20, self._width, 40)
        self.set_bounds(self._tint.united(self._title))

    def show_part(self, part: ColumnPart) -> None:
        self.part = part
        self.update()

    def paint_behind(self, painter: QPainter) -> None:
        part, c = self.part, style.colors()
        if part is None:
            return
        main = QColor(c.phase(part.into)[0])
        if part.is_current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.with_alpha(main.name(), 0.09 if c.is_dark else TINT_ALPHA))
            painter.drawRoundedRect(self._tint, 14, 14)
        painter.setPen(main if part.is_current else QColor(c.muted))
        scale = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        painter.setFont(style.font(min(14.5 / min(scale, 1.0), MOST_TITLE), 600))
        title = painter.fontMetrics().elidedText(part.title, Qt.TextElideMode.ElideRight, int(self._width))
        beyond = painter.fontMetrics().horizontalAdvance(title) / 2 + 8 - self._title.center().x()
        painter.drawText(self._title.translated(max(0.0, beyond), 0), Qt.AlignmentFlag.AlignCenter, title)


class InputItem(NumberItem):
    """An input: its value in a box, its number and name above."""

    def __init__(self) -> None:
        super().__init__()
        self.part: InputPart | None = None
        self.setZValue(5)

    def place(self, layout: NetworkLayout, unit: int) -> None:
        self._sizes = layout.sizes
        glyph = layout.glyph(0, unit)
        assert isinstance(glyph, Box)
        self._box, self._name = glyph, input_name(layout, unit)
        self.set_bounds(QRectF(*glyph).united(QRectF(*self._name)).adjusted(-14, -14, 14, 14))

    def show_part(self, part: InputPart) -> None:
        self.part = part
        self.placed = (
            Placed(part.value, self._box, self._sizes.value + 1.5, ink="plain", radius=9, low_tag=True),
        )
        self.update()

    def number_at(self, point: QPointF) -> Number | None:
        return self.part.value if self.part and QRectF(*self._box).contains(point) else None

    def paint_behind(self, painter: QPainter) -> None:
        c, part = style.colors(), self.part
        if part is None:
            return
        painter.setPen(QPen(QColor(c.outline), 1.8))
        painter.setBrush(QColor(c.canvas))
        painter.drawRoundedRect(QRectF(*self._box), 9, 9)
        if part.is_dropped:
            paint_hatched_box(painter, QRectF(*self._box), 9)
        if is_readable(painter, self._sizes.label):
            self._paint_name(painter, part)

    def _paint_name(self, painter: QPainter, part: InputPart) -> None:
        c, pixels = style.colors(), self._sizes.label + 0.5
        number = text_width(part.number, pixels)
        painter.setFont(style.font(pixels, 400))
        room = QRectF(*self._name)
        name = painter.fontMetrics().elidedText(
            part.name, Qt.TextElideMode.ElideRight, int(NAME_WIDTH - number - 6)
        )
        total = number + (5 + text_width(name, pixels, 400) if name else 0)
        plate = QRectF(room.left() - 1, room.top() + 2, total + 4, room.height() - 3)
        painter.fillRect(plate, QColor(c.canvas))
        painter.setPen(QColor(c.muted))
        painter.drawText(room.adjusted(number + 5, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(style.font(pixels, 600))
        painter.setPen(QColor(c.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, part.number)


class TargetItem(NumberItem):
    """Target and error of an output, above a single one, beside each of several."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(6)

    def place(self, layout: NetworkLayout, unit: int) -> None:
        self._sizes = layout.sizes
        column = layout.columns[-1]
        center, r = column.units[unit], layout.sizes.radius
        line = LINE * layout.sizes.label
        self._beside = layout.shape.targets_beside
        if self._beside:
            self._at = Point(center.x + r + 62, center.y - line / 2)
            self._stem = (QPointF(center.x + r + 2, center.y), QPointF(center.x + r + 8, center.y))
        else:
            crown = center.y - r - layout.sizes.bead
            stem = 18 if layout.sizes.compact else 20
            self._at = Point(center.x, crown - stem - 1.6 * line)
            self._stem = (QPointF(center.x, crown - 3), QPointF(center.x, crown - stem + 1))
        self.set_bounds(QRectF(self._at.x - 80, self._at.y - 30, 160, 110))

    def show_part(self, part: TargetPart) -> None:
        line = LINE * self._sizes.label
        nowhere = Box(0, 0, 0, 0)
        target = Placed(part.target, nowhere, self._sizes.label, letter="target", ink="plain", low_tag=True)
        rows = [replace(target, is_words=True)]
        if part.error is not None:
            rows.append(replace(rows[0], number=part.error, letter="t − a"))
        self.placed = tuple(
            replace(row, box=centered(Point(self._at.x, self._at.y + i * line), self._width(row), line - 1))
            for i, row in enumerate(rows)
        )
        self.update()

    def _width(self, row: Placed) -> float:
        pixels = self._sizes.label
        wanted = text_width(row.letter, pixels, 400) + text_width(row.number.text, pixels) + 0.3 * pixels + 8
        return min(wanted, 104) if self._beside else wanted

    def paint_behind(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(style.colors().control_border), 1.6))
        painter.drawLine(*self._stem)


class LossItem(NumberItem):
    """E, above everything at the output, once it is computed."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(6)

    def place(self, layout: NetworkLayout) -> None:
        sizes, column = layout.sizes, layout.columns[-1]
        self._pixels = sizes.label + 1
        if layout.shape.targets_beside:
            self._at = Point(column.x + column.half_width + 62, TITLE_Y)
        elif column.grid:
            self._at = Point(column.x, layout.height - 24)
        else:
            top = column.units[0].y - sizes.radius - sizes.bead
            self._at = Point(column.x, top - (18 if sizes.compact else 20) - 4.3 * sizes.label)
        self.set_bounds(QRectF(self._at.x - 70, self._at.y - 24, 140, 48))

    def show_part(self, loss: Number | None, is_new: bool) -> None:
        self.setVisible(loss is not None)
        if loss is None:
            self.placed = ()
            return
        wide = text_width(loss.text, self._pixels) + 3.2 * self._pixels
        box = centered(self._at, wide, 1.8 * self._pixels)
        ground = "fill" if is_new else "tint"
        self.placed = (Placed(loss, box, self._pixels, letter="E", ground=ground, radius=13),)
        self.update()


class StripItem(NumberItem):
    """A large layer: one cell a unit, colored by its activation; a click explains it."""

    def __init__(self) -> None:
        super().__init__()
        self.part: StripPart | None = None
        self.setZValue(5)

    def place(self, layout: NetworkLayout, column: int) -> None:
        place = layout.columns[column]
        self._cell, self._units = place.cell, place.units
        first, last = place.units[0], place.units[-1]
        assert place.grid is not None
        wide = place.grid[1] * place.cell
        left, top = first.x - place.cell / 2, first.y - place.cell / 2
        self._frame = QRectF(left, top, wide, last.y - first.y + place.cell)
        self.set_bounds(self._frame.adjusted(-6, -6, 6, 6))

    def show_part(self, part: StripPart) -> None:
        self.part = part
        self.update()

    def _rect(self, unit: int) -> QRectF:
        x, y = self._units[unit]
        return QRectF(x - self._cell / 2, y - self._cell / 2, self._cell, self._cell)

    def number_at(self, point: QPointF) -> Number | None:
        if self.part is None or not self._frame.contains(point):
            return None
        columns = max(1, round(self._frame.width() / self._cell))
        row = int((point.y() - self._frame.top()) / self._cell)
        unit = row * columns + int((point.x() - self._frame.left()) / self._cell)
        return self._number(unit) if unit < len(self._units) else None

    def _number(self, unit: int) -> Number:
        assert self.part is not None
        value = self.part.values[unit]
        return Number(Ref(self.part.scope, cell=(unit,)), "", value)

    def box_of(self, ref: Ref) -> QRectF | None:
        if self.part is None or (ref.scope, ref.part) != (self.part.scope, Part.VALUE):
            return None
        return self._rect(ref.cell[0])

    def paint_behind(self, painter: QPainter) -> None:
        part = self.part
        if part is None:
            return
        painter.setPen(QPen(QColor(style.colors().line), 0.6))
        for unit, value in enumerate(part.values):
            painter.setBrush(_cell_color(value, part.largest))
            painter.drawRect(self._rect(unit))
        for unit, condition in part.conditions.items():
            self._paint_condition(painter, self._rect(unit), condition)
        self._paint_marks(painter, part)

    def _paint_condition(self, painter: QPainter, rect: QRectF, condition: Condition) -> None:
        c = style.colors()
        if condition is Condition.DROPPED:
            painter.fillRect(rect, QColor(c.window))
        if is_readable(painter, self._cell * READABLE / SMALLEST):
            paint_sign(painter, rect, condition, c.outline)

    def _paint_marks(self, painter: QPainter, part: StripPart) -> None:
        c = style.colors()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for unit, color in ((part.current, c.phase(part.into)[0]), (part.marked, c.selection)):
            if unit is not None:
                painter.setPen(QPen(QColor(color), max(2.0, self._cell / 8)))
                painter.drawRect(self._rect(unit).adjusted(-2, -2, 2, 2))


def _cell_color(value: float | None, largest: float) -> QColor:
    c = style.colors()
    return QColor(c.canvas) if value is None else c.diverging_cell(value, largest, with_number=False)
