"""Numbers on a scene: how one is painted in each of its states, and the item that carries several."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.layout.geometry import Box
from nnviz.ui.picture.parts import Number

READABLE = 8.0  # type smaller than this on the screen is left away
NARROWEST = 0.87  # figures are drawn so narrow before they are made smaller
TAG_RADIUS = 8.5


@dataclass(frozen=True, slots=True)
class Placed:
    """A number, its room, and how it stands there.

    `ground` is what it stands on: nothing, a "plate" in the color of the canvas, its "tint" with a border,
    or "fill". `ink` overrides the hue of its role for the figures. `letter` stands before it in the formula
    font, or alone while the number is not computed.
    """

    number: Number
    box: Box
    pixels: float = 13.5
    weight: int = 600
    letter: str = ""
    ground: str = ""
    ink: str = ""
    is_struck: bool = False
    is_words: bool = False  # `letter` is a word in the interface font
    radius: float = 6.0
    low_tag: bool = False  # where something is written above
    stays_small: bool = False  # its ground is still shown where the figures are too small to read

    @property
    def rect(self) -> QRectF:
        return QRectF(*self.box)


def text_width(text: str, pixels: float, weight: int = 600) -> float:
    """The width of a text in the interface font."""
    return _metrics(style.font(pixels, weight)).horizontalAdvance(text) if text else 0.0


def letter_font(placed: Placed, pixels: float) -> QFont:
    return style.font(pixels, 400) if placed.is_words else style.math_font(1.15 * pixels)


@lru_cache(maxsize=256)
def _metrics(font: QFont) -> QFontMetricsF:
    return QFontMetricsF(font)


def hue(placed: Placed) -> tuple[QColor, QColor]:
    """Hue and tint of a number."""
    found = style.colors().role(placed.number.role)
    return QColor(found[0]), QColor(found[1])


def is_readable(painter: QPainter, pixels: float) -> bool:
    scale = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
    return scale * pixels >= READABLE


def paint_placed(painter: QPainter, placed: Placed) -> None:
    """A number with its ground, its frames and its tag; its empty place while it is not computed."""
    number, readable = placed.number, is_readable(painter, placed.pixels)
    if not readable and not placed.stays_small:
        return
    if not number.is_computed:
        _paint_empty(painter, placed)
    else:
        _paint_ground(painter, placed)
        if readable:
            _paint_text(painter, placed)
    if number.is_selected:
        _paint_selection(painter, placed)


def _paint_empty(painter: QPainter, placed: Placed) -> None:
    c = style.colors()
    painter.setBrush(QColor(c.canvas))
    painter.setPen(not_yet_pen())
    radius = min(placed.radius, placed.box.height / 2)
    painter.drawRoundedRect(placed.rect, radius, radius)
    if placed.letter and is_readable(painter, placed.pixels):
        painter.setPen(QColor(c.not_yet))
        painter.setFont(letter_font(placed, placed.pixels))
        painter.drawText(placed.rect, Qt.AlignmentFlag.AlignCenter, _letter(placed))


def not_yet_pen() -> QPen:
    pen = QPen(QColor(style.colors().not_yet), 1.1, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([4 / 1.1, 3.5 / 1.1])
    return pen


def _paint_ground(painter: QPainter, placed: Placed) -> None:
    number, c = placed.number, style.colors()
    main, tint = hue(placed)
    radius = min(placed.radius, placed.box.height / 2)
    framed = bool(number.tag) or number.is_pointed
    painter.setPen(Qt.PenStyle.NoPen)
    if placed.ground == "fill":
        painter.setBrush(main)
    elif framed or placed.ground == "tint":
        painter.setBrush(tint)
        painter.setPen(QPen(main, 2.0 if framed else 1.4))
    elif placed.ground == "plate":
        painter.setBrush(QColor(c.canvas))
    else:
        return
    painter.drawRoundedRect(placed.rect, radius, radius)
    if placed.ground == "fill" and framed:
        painter.setPen(QPen(main, 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(placed.rect.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)


def _letter(placed: Placed) -> str:
    return placed.letter if placed.is_words else style.italic(placed.letter)


def _paint_text(painter: QPainter, placed: Placed) -> None:
    """Letter and number beside each other; where the room is too narrow, drawn narrower, then smaller."""
    wanted, room = widths(placed, placed.pixels), placed.box.width - 2
    share = room / sum(wanted) if sum(wanted) > room > 0 else 1.0
    if share == 1.0:
        _paint_words(painter, placed, placed.pixels)
        return
    narrow, middle = max(share, NARROWEST), placed.box.center.x
    painter.save()
    painter.translate(middle, 0)
    painter.scale(narrow, 1)
    painter.translate(-middle, 0)
    _paint_words(painter, placed, placed.pixels * share / narrow)
    painter.restore()


def _paint_words(painter: QPainter, placed: Placed, pixels: float) -> None:
    letter, gap, figures = widths(placed, pixels)
    left = placed.box.center.x - (letter + gap + figures) / 2
    color = _ink(placed)
    if placed.letter:
        painter.setFont(letter_font(placed, pixels))
        painter.setPen(QColor(style.colors().muted) if placed.is_words else color)
        _draw_line(painter, QRectF(left, placed.box.y, letter + 1, placed.box.height), _letter(placed))
    painter.setFont(style.font(pixels, placed.weight))
    painter.setPen(color)
    line = QRectF(left + letter + gap, placed.box.y, figures + 2, placed.box.height)
    _draw_line(painter, line, placed.number.text)
    if placed.is_struck:
        painter.setPen(QPen(color, 1.6))
        middle = placed.box.center.y
        painter.drawLine(QPointF(line.left() - 2, middle), QPointF(line.right(), middle))


def _draw_line(painter: QPainter, room: QRectF, text: str) -> None:
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextDontClip
    painter.drawText(room, flags, text)


def widths(placed: Placed, pixels: float) -> tuple[float, float, float]:
    """Of the letter, of the gap after it, and of the number."""
    figures = text_width(placed.number.text, pixels, placed.weight)
    if not placed.letter:
        return 0.0, 0.0, figures
    letter = _metrics(letter_font(placed, pixels)).horizontalAdvance(_letter(placed))
    return letter, 0.3 * pixels, figures


def _ink(placed: Placed) -> QColor:
    c = style.colors()
    if placed.ground == "fill":
        return QColor(c.on_fill)
    if placed.is_struck:
        return QColor(c.muted)
    return QColor(c.role(placed.ink)[0]) if placed.ink else hue(placed)[0]


def _paint_selection(painter: QPainter, placed: Placed) -> None:
    """A neutral frame with a gap, which no phase ever uses."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.colors().selection), 2.0))
    radius = min(placed.radius, placed.box.height / 2) + 4
    painter.drawRoundedRect(placed.rect.adjusted(-4, -4, 4, 4), radius, radius)


def paint_tag(painter: QPainter, placed: Placed) -> None:
    """①②③ at a left corner of a factor; higher where the figures reach to the corner."""
    c = style.colors()
    main = hue(placed)[0]
    is_full = sum(widths(placed, placed.pixels)) > placed.box.width - 2 * TAG_RADIUS - 4
    corner = placed.box.height - 1 if placed.low_tag else 1 if placed.ground and not is_full else -5
    at = QPointF(placed.box.x + (-5 if is_full and placed.ground else 1), placed.box.y + corner)
    if placed.is_words:  # beside the first word, which it would hide
        at = QPointF(placed.box.x - TAG_RADIUS + 2, placed.box.y + placed.box.height / 2)
    painter.setPen(QPen(QColor(c.canvas), 1.2))
    painter.setBrush(main)
    painter.drawEllipse(at, TAG_RADIUS, TAG_RADIUS)
    painter.setPen(QColor(c.on_fill))
    painter.setFont(style.font(11, 700))
    room = QRectF(at.x() - TAG_RADIUS, at.y() - TAG_RADIUS, 2 * TAG_RADIUS, 2 * TAG_RADIUS)
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(placed.number.tag))


def is_seen(painter: QPainter, area: QRectF) -> bool:
    """Whether a part of an area is painted on now: `exposedRect` is but the box about all such parts."""
    if painter.hasClipping():  # into the kept picture of an item
        return painter.clipRegion().intersects(area.toAlignedRect())
    clip = painter.paintEngine().systemClip()
    return clip.isEmpty() or clip.intersects(painter.deviceTransform().mapRect(area).toAlignedRect())


class NumberItem(QGraphicsItem):
    """An item that paints numbers and knows which one is where.

    Subclasses set `placed` and `bounds` in `arrange` and paint what lies behind the numbers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.placed: tuple[Placed, ...] = ()
        self._bounds = QRectF()

    def set_bounds(self, bounds: QRectF) -> None:
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def number_at(self, point: QPointF) -> Number | None:
        """The number under a point of the scene; the last one painted lies on top."""
        return next((p.number for p in reversed(self.placed) if p.rect.contains(point)), None)

    def box_at(self, point: QPointF) -> QRectF | None:
        """Where the number under a point of the scene is drawn."""
        number = self.number_at(point)
        placed = next((p for p in reversed(self.placed) if p.rect.contains(point)), None)
        return placed.rect if placed is not None else self.box_of(number.ref) if number is not None else None

    def box_of(self, ref: Ref) -> QRectF | None:
        """Where a number is drawn; echoes of it do not count."""
        return next((p.rect for p in self.placed if p.number.ref == ref and not p.number.is_echo), None)

    def numbers(self) -> list[Number]:
        """The numbers that are drawn now."""
        return [p.number for p in self.placed if p.number.is_computed and not p.number.is_echo]

    def paint_behind(self, painter: QPainter) -> None:
        """What lies behind the numbers."""

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        self.paint_behind(painter)
        for placed in self.placed:
            paint_placed(painter, placed)
        for placed in self.placed:
            if placed.number.tag and is_readable(painter, placed.pixels):
                paint_tag(painter, placed)
