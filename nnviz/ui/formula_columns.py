"""An equation in two lines, symbols above numbers, every number centered under its symbol.

Both lines come from one expression, so they have the same quantities, constants and operators in the same
order; they differ in parentheses only, which negative numbers get. Whatever is not a parenthesis makes a
column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QFontMetricsF

from nnviz.engine.formula import Quantity
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import Box, Typeset
from nnviz.ui import style
from nnviz.ui.formula_boxes import Face, Kind, Token, beside, lay, number, relation, side_laid, side_tokens
from nnviz.ui.formula_drawing import Bead, Laid, Text, Use

CAPTION = 12
LINE_GAP = 3
TAG_RADIUS = 8.5
NOTHING = Laid(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Column:
    """One place of both lines. Parentheses keep to the side of what they enclose, all else is centered.

    `tags` stands below the place, with the captions of the factors in it.
    """

    above: Laid
    below: Laid
    side: float  # where in the place a narrower piece stands: 0 left, ½ center, 1 right
    tags: Laid = NOTHING

    @property
    def width(self) -> float:
        return max(self.above.width, self.below.width, self.tags.width)


def aligned(
    equation: Typeset,
    face: Face,
    scale: float = 1.0,
    tags: Mapping[Ref, int] | None = None,
    with_captions: bool = False,
) -> Laid:
    """The equation in two lines and, if it has tags, a line with these. Its baseline is the first line's."""
    target, equals = lay(equation.target, face), relation("=", face).laid
    labels = _Labels(dict(tags or {}), scale, with_captions)
    if not (equation.has_symbols and equation.has_numbers):
        return _in_one_line(equation, face, labels, 3 * scale)
    columns = list(_columns(equation.symbolic, equation.substituted, face, labels))
    end = [relation(equation.sign, face).laid, number(equation.result, face, Use.RESULT)]
    indent = target.width + equals.width
    above, below, under, width = _lines(columns)
    drop = max(above.down, target.down, equals.down) + LINE_GAP + max(below.up, *(laid.up for laid in end))
    parts = [
        (0.0, 0.0, target),
        (target.width, 0.0, equals),
        (indent, 0.0, above),
        (target.width, drop, equals),
        (indent, drop, below),
        (indent + width, drop, beside(end)),
    ]
    up = max(target.up, above.up)
    down = drop + max(below.down, *(laid.down for laid in end))
    if under.parts:
        y = down + 3 * scale + under.up
        parts.append((indent, y, under))
        down = y + under.down
    total = max(indent + width + sum(laid.width for laid in end), indent + under.width)
    return Laid(total, up, down, up, down, tuple(parts))


def _in_one_line(equation: Typeset, face: Face, labels: _Labels, gap: float) -> Laid:
    """An equation of which one side says it all, above its tags."""
    target, *sides, end = pieces_of(equation, face)
    side = beside([one for one in sides if one.width])
    line, under = beside([target, side, end]), labels.under(side)
    if not under.parts:
        return line
    y = line.down + gap + under.up
    parts = ((0.0, 0.0, line), (target.width, y, under))
    width = max(line.width, target.width + under.width)
    return Laid(width, line.up, y + under.down, line.up, y + under.down, parts)


def pieces_of(equation: Typeset, face: Face) -> list[Laid]:
    """Target, symbolic side, side with numbers, and result, the last three with their sign.

    A side that is not written has no width.
    """
    equals = relation("=", face).laid
    sides = ((equation.symbolic, equation.has_symbols), (equation.substituted, equation.has_numbers))
    return [
        lay(equation.target, face),
        *(beside([equals, side_laid(side, face)]) if is_written else NOTHING for side, is_written in sides),
        beside([relation(equation.sign, face).laid, number(equation.result, face, Use.RESULT)]),
    ]


def _lines(columns: Sequence[Column]) -> tuple[Laid, Laid, Laid, float]:
    """The three lines of the columns, each as one piece, and their width."""
    x = 0.0
    lines: tuple[list, list, list] = ([], [], [])
    for column in columns:
        for line, piece, side in zip(
            lines, (column.above, column.below, column.tags), (column.side, column.side, 0.5), strict=True
        ):
            if piece.width:
                line.append((x + side * (column.width - piece.width), 0.0, piece))
        x += column.width
    return (*(_line(line, x) for line in lines), x)  # type: ignore[return-value]


def _line(parts: list[tuple[float, float, Laid]], width: float) -> Laid:
    up = max((p.up for _, _, p in parts), default=0.0)
    down = max((p.down for _, _, p in parts), default=0.0)
    return Laid(width, up, down, up, down, tuple(parts))


# Columns


def _columns(symbolic: Box, substituted: Box, face: Face, labels: _Labels) -> Iterator[Column]:
    above, below = list(_places(side_tokens(symbolic, face))), list(_places(side_tokens(substituted, face)))
    if len(above) != len(below):  # the lines have no common structure: each stands for itself
        upper, lower = side_laid(symbolic, face), side_laid(substituted, face)
        yield Column(upper, lower, 0.0, labels.under(lower))
        return
    for (first, kind, upper), (_, _, lower) in zip(above, below, strict=True):
        side = 0.5 if kind is None else 0.0 if kind is Kind.CLOSING else 1.0
        tags = labels.under(lower) if kind is None else NOTHING
        if first or upper.width or lower.width:
            yield Column(upper, lower, side, tags)


def _places(line: Sequence[Token]) -> Iterator[tuple[bool, Kind | None, Laid]]:
    """Between any two things or operators a place for closing and one for opening parentheses."""
    closing: list[Laid] = []
    opening: list[Laid] = []
    for token in line:
        if token.kind is Kind.CLOSING:
            closing.append(token.laid)
        elif token.kind is Kind.OPENING:
            opening.append(token.laid)
        else:
            yield False, Kind.CLOSING, _joined(closing)
            yield False, Kind.OPENING, _joined(opening)
            yield True, None, token.laid
            closing, opening = [], []
    yield False, Kind.CLOSING, _joined(closing)


def _joined(pieces: Sequence[Laid]) -> Laid:
    return beside(pieces) if pieces else NOTHING


# Tags and captions


class _Labels:
    """The tags still to be placed; each factor gets its tag where it occurs first."""

    def __init__(self, tags: dict[Ref, int], scale: float, with_captions: bool) -> None:
        self.left = tags
        self.scale = scale
        self.with_captions = with_captions

    def under(self, piece: Laid) -> Laid:
        """The tags of the factors in a piece, with their captions."""
        if not self.left:
            return NOTHING
        found = []
        for quantity in _quantities(piece):
            tag = self.left.pop(quantity.ref, None) if quantity.ref is not None else None
            if tag is not None:
                found.append(self._label(tag, quantity))
        if not found:
            return NOTHING
        margin = Laid(7 * self.scale, 0, 0, 0, 0)
        return beside([margin, beside(found, 10 * self.scale), margin])

    def _label(self, tag: int, quantity: Quantity) -> Laid:
        radius = TAG_RADIUS * self.scale
        bead = Laid(2 * radius, radius, radius, 0, 0, ((radius, 0.0, Bead(tag, quantity.role, radius)),))
        if not self.with_captions or not quantity.caption:
            return bead
        text = caption(quantity.caption, self.scale)
        lowered = Laid(text.width, 0, 0, 0, 0, ((0.0, 0.36 * CAPTION * self.scale, text),))
        return beside([bead, lowered], 5 * self.scale)


def _quantities(piece: Laid) -> Iterator[Quantity]:
    if piece.factor is not None:
        yield piece.factor.quantity
    for _, _, part in piece.parts:
        if isinstance(part, Laid):
            yield from _quantities(part)


@lru_cache(maxsize=1024)
def caption(text: str, scale: float) -> Laid:
    """A few words in the type of captions."""
    font = style.font(CAPTION * scale)
    metrics = QFontMetricsF(font)
    up, down = metrics.ascent(), metrics.descent()
    return Laid(
        metrics.horizontalAdvance(text), up, down, up, down, ((0.0, 0.0, Text(text, font, color="muted")),)
    )
