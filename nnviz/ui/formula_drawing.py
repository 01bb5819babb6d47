"""What a formula consists of once it is measured, and how that is painted.

`Laid` is a tree of texts, rules and beads with extents around the baseline. `Placed` is the same, flat, in
one coordinate system, with a rectangle for every factor; `paint` draws it.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from nnviz.engine.formula import Quantity
from nnviz.ui import style


class Use(Enum):
    """How a factor stands in a formula."""

    SYMBOL = auto()
    NUMBER = auto()
    RESULT = auto()


class Text(NamedTuple):
    """Characters in one font; `stretch` makes them taller, `color` overrides their factor's."""

    text: str
    font: QFont
    stretch: float = 1.0
    color: str = ""


class Rule(NamedTuple):
    """The bar of a fraction."""

    width: float
    thickness: float


class Bead(NamedTuple):
    """The tag ①②③ of a factor: a filled circle around its origin."""

    number: int
    role: str
    radius: float


@dataclass(frozen=True, slots=True)
class Factor:
    """What makes a piece of a formula answer to the pointer."""

    quantity: Quantity
    use: Use
    px: int


@dataclass(frozen=True, slots=True)
class Laid:
    """A piece of a formula with its extents around the origin, which is the left end of its baseline.

    `ink_up` and `ink_down` leave tints out: parentheses grow with fractions, not with tints.
    """

    width: float
    up: float
    down: float
    ink_up: float
    ink_down: float
    parts: tuple[tuple[float, float, Laid | Text | Rule | Bead], ...] = ()
    factor: Factor | None = None

    @property
    def height(self) -> float:
        return self.up + self.down


class PlacedText(NamedTuple):
    x: float
    y: float
    text: Text
    owner: int  # the factor it belongs to, −1 for none


@dataclass(frozen=True, slots=True)
class PlacedFactor:
    """A factor and where it is."""

    rect: QRectF
    factor: Factor


@dataclass(slots=True)
class Placed:
    """Everything of a formula in one coordinate system, ready to be painted."""

    width: float = 0.0
    height: float = 0.0
    px: int = 0
    texts: list[PlacedText] = field(default_factory=list)
    rules: list[tuple[QRectF, int]] = field(default_factory=list)
    beads: list[tuple[float, float, Bead]] = field(default_factory=list)
    factors: list[PlacedFactor] = field(default_factory=list)

    def add(self, laid: Laid, x: float, y: float, owner: int = -1) -> None:
        """Put a piece with its origin at a point."""
        if laid.factor is not None:
            owner = len(self.factors)
            self.factors.append(PlacedFactor(QRectF(x, y - laid.up, laid.width, laid.height), laid.factor))
        for dx, dy, part in laid.parts:
            match part:
                case Laid():
                    self.add(part, x + dx, y + dy, owner)
                case Text():
                    self.texts.append(PlacedText(x + dx, y + dy, part, owner))
                case Rule():
                    bar = QRectF(x + dx, y + dy - part.thickness / 2, part.width, part.thickness)
                    self.rules.append((bar, owner))
                case Bead():
                    self.beads.append((x + dx, y + dy, part))


# Painting


@dataclass(frozen=True, slots=True)
class Lights:
    """What stands out in a formula: indices of factors, and hue and tint of results."""

    pointed: Set[int] = frozenset()
    selected: Set[int] = frozenset()
    filled: Set[int] = frozenset()
    phase: tuple[str, str] = ("", "")


NO_LIGHTS = Lights()


def paint(painter: QPainter, placed: Placed, lights: Lights = NO_LIGHTS) -> None:
    """Draw a formula in the colors in use."""
    colors = style.colors()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hues = [_paint_factor(painter, index, one, lights) for index, one in enumerate(placed.factors)]
    for x, y, bead in placed.beads:
        _paint_bead(painter, QPointF(x, y), bead)
    for rect, owner in placed.rules:
        painter.fillRect(rect, QColor(hues[owner] if owner >= 0 else colors.text))
    for x, y, text, owner in placed.texts:
        color = text.color or (hues[owner] if owner >= 0 else "text")
        painter.setPen(QColor(getattr(colors, color, color)))
        painter.setFont(text.font)
        if text.stretch == 1.0:
            painter.drawText(QPointF(x, y), text.text)
        else:
            _draw_stretched(painter, x, y, text)


def _paint_factor(painter: QPainter, index: int, one: PlacedFactor, lights: Lights) -> str:
    """Tint and frame of a factor; returns the color of what is written in it."""
    colors = style.colors()
    hue, tint = colors.role(one.factor.quantity.role)
    is_pointed = index in lights.pointed
    rect, radius = one.rect, min(5.0, one.rect.height() / 4)
    if one.factor.use is Use.SYMBOL:
        if is_pointed:
            _round(painter, rect.adjusted(-2, 0, 2, 0), 4, hue, tint)
    elif one.factor.use is Use.NUMBER:
        _round(painter, rect, radius, hue if is_pointed else None, tint)
    else:
        hue, tint = lights.phase
        is_filled = index in lights.filled
        _round(painter, rect, radius + 2, hue, hue if is_filled else tint if is_pointed else None)
        hue = colors.on_fill if is_filled else hue
    if index in lights.selected:
        _round(painter, rect.adjusted(-4, -4, 4, 4), radius + 5, colors.selection, None)
    return hue


def _round(painter: QPainter, rect: QRectF, radius: float, frame: str | None, fill: str | None) -> None:
    if frame is not None:
        rect = rect.adjusted(1, 1, -1, -1)
    painter.setPen(QPen(QColor(frame), 2) if frame is not None else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QColor(fill) if fill is not None else QBrush(Qt.BrushStyle.NoBrush))
    painter.drawRoundedRect(rect, radius, radius)


def _paint_bead(painter: QPainter, center: QPointF, bead: Bead) -> None:
    """A tag: its number in a circle, in the hue of its factor."""
    colors = style.colors()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.role(bead.role)[0]))
    painter.drawEllipse(center, bead.radius, bead.radius)
    font = style.font(round(bead.radius * 1.35), 700)
    painter.setFont(font)
    painter.setPen(QColor(colors.on_fill))
    text = str(bead.number)
    metrics = QFontMetricsF(font)
    painter.drawText(center + QPointF(-metrics.horizontalAdvance(text) / 2, metrics.capHeight() / 2), text)


def _draw_stretched(painter: QPainter, x: float, y: float, text: Text) -> None:
    painter.save()
    painter.translate(x, y)
    painter.scale(1.0, text.stretch)
    painter.drawText(QPointF(0, 0), text.text)
    painter.restore()
