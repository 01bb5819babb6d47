"""Formulas on the screen: the boxes of `nnviz.engine.typeset`, measured and put in their places.

`lay` turns a box into a `Laid`: a tree of texts and rules with their extents around the baseline. `tokens`
gives the same as a sequence of pieces, for lines that are broken or aligned in columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cache, lru_cache
from typing import NamedTuple

from PySide6.QtGui import QFontMetricsF

from nnviz.engine.formula import FUNCTIONS, Name, Quantity
from nnviz.engine.numbers import MINUS
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import Atom, Box, Fraction, Glyphs, Raised, Row
from nnviz.ui import style
from nnviz.ui.formula_drawing import Bead, Factor, Laid, Rule, Text, Use

UP, DOWN = 0.76, 0.26  # what a line of text needs above and below the baseline, in em
DIGIT = 0.66  # the height of a digit
AXIS = 0.26  # the height of a minus and of the bar of a fraction
INNER = 0.86  # the size of what stands in a fraction
EXPONENT = 0.8
SCRIPT = 0.7  # the size of indices
FENCES = ("()", "[]")
LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Face:
    """The size of a piece of a formula and the way it is set.

    `flat` writes ∂E/∂w with a slash, `slashed` every fraction; `beads` are the tags that are shown inside the
    tint of a factor; `inner` is True inside fractions and exponents, where there is less room.
    """

    px: int
    smallest: int = 12
    roomy: bool = False
    flat: bool = False
    slashed: bool = False
    inner: bool = False
    beads: Mapping[Ref, int] = field(default_factory=dict, compare=False)

    def part(self, share: float) -> Face:
        """The face of what stands in a fraction or exponent."""
        px = max(self.smallest, round(self.px * share))
        return Face(px, self.smallest, self.roomy, self.flat, self.slashed, True, self.beads)

    @property
    def pad(self) -> tuple[float, float]:
        """What a tint adds to its number at the sides, and above and below."""
        if self.inner:
            return 0.20 * self.px, 0.17 * self.px
        return (0.30 * self.px, 0.38 * self.px) if self.roomy else (0.26 * self.px, 0.33 * self.px)

    @property
    def space(self) -> float:
        """The space on each side of an operator."""
        return (0.16 if self.inner else 0.30 if self.roomy else 0.26) * self.px


class Kind(Enum):
    OPENING = auto()
    CLOSING = auto()
    OPERATOR = auto()
    THING = auto()


class Token(NamedTuple):
    """A piece of a line; `sign` is the operator, by which lines are broken."""

    kind: Kind
    laid: Laid
    sign: str = ""


# Measures


@cache
def _metrics(px: int, bold: bool) -> QFontMetricsF:
    return QFontMetricsF(style.math_font(px, bold))


# Boxes


def lay(box: Box, face: Face) -> Laid:
    """A box, measured."""
    match box:
        case Glyphs(text=text, is_operator=True):
            return _operator(text, face)
        case Glyphs(text=text):
            return words(text.strip(), face)
        case Atom():
            return _atom(box, face)
        case Row():
            return beside([token.laid for token in tokens(box, face)])
        case Fraction(above=above, below=below):
            if face.slashed:
                return beside([token.laid for token in tokens(box, face)])
            inner = face.part(INNER)
            return fraction(lay(above, inner), lay(below, inner), face)
        case Raised(base=base, exponent=exponent):
            return raised(lay(base, face), lay(exponent, face.part(EXPONENT)), face)
    raise TypeError(f"{type(box).__name__} is not a box")


class _Itself:
    """A thing that equals nothing but itself: a key that needs not be compared."""

    __slots__ = ("it",)

    def __init__(self, it: object) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.it is other.it


def side_tokens(box: Box, face: Face) -> Sequence[Token]:
    """The tokens of one side of an equation, which is set in several ways at the same size."""
    return _side(_Itself(box), face, _Itself(face.beads) if face.beads else None)


def side_laid(box: Box, face: Face) -> Laid:
    """One side of an equation as one piece."""
    if isinstance(box, Row):
        return beside([token.laid for token in side_tokens(box, face)])
    return lay(box, face)


@lru_cache(maxsize=128)
def _side(box: _Itself, face: Face, beads: _Itself | None) -> Sequence[Token]:
    assert isinstance(box.it, Box)
    return tokens(box.it, face)


def tokens(box: Box, face: Face) -> list[Token]:
    """A box as the sequence of pieces that stand beside each other on its line."""
    match box:
        case Atom():
            return [Token(Kind.THING, _atom(box, face))]
        case Glyphs(text=text, is_operator=True):
            return [Token(Kind.OPERATOR, _operator(text, face), text)]
        case Glyphs(text=", "):
            return [Token(Kind.OPERATOR, _padded(words(",", face), 0, face.space), ",")]
        case Glyphs(text=text) if text.strip() in FUNCTIONS:
            after = 0.18 * face.px if text.endswith(" ") else 0.03 * face.px
            return [Token(Kind.OPENING, _padded(words(text.strip(), face), 0, after))]
        case Glyphs(text=text) if text != MINUS and not face.inner:
            return [Token(Kind.THING, _padded(words(text, face), 0.1 * face.px, 0.1 * face.px))]
        case Row(boxes=boxes):
            return _row(boxes, face)
        case Fraction(above=above, below=below) if face.slashed:
            slash = Token(Kind.OPERATOR, _padded(words("/", face), face.space / 2, face.space / 2), "/")
            return [*_closed(above, face), slash, *_closed(below, face)]
        case Raised(base=base, exponent=exponent) if not any(atoms(exponent)):
            *start, last = tokens(base, face)
            return [*start, Token(last.kind, raised(last.laid, lay(exponent, face.part(EXPONENT)), face))]
    return [Token(Kind.THING, lay(box, face))]


def atoms(box: Box) -> Iterator[Atom]:
    """Every quantity in a box."""
    match box:
        case Atom():
            yield box
        case Row(boxes=boxes):
            for each in boxes:
                yield from atoms(each)
        case Fraction(above=first, below=second) | Raised(base=first, exponent=second):
            yield from atoms(first)
            yield from atoms(second)


def _row(boxes: Sequence[Box], face: Face) -> list[Token]:
    first, last = boxes[0], boxes[-1]
    if isinstance(first, Glyphs) and isinstance(last, Glyphs) and first.text + last.text in FENCES:
        return _fenced(_row(boxes[1:-1], face), face, first.text, last.text)
    return [token for box in boxes for token in tokens(box, face)]


def _closed(box: Box, face: Face) -> list[Token]:
    """The tokens of a part of a fraction that is written with a slash."""
    inside = tokens(box, face)
    if not any(token.kind is Kind.OPERATOR for token in inside):
        return inside
    return _fenced(inside, face)


def _fenced(inside: list[Token], face: Face, left: str = "(", right: str = ")") -> list[Token]:
    """Parentheses as tall as what they hold."""
    axis = AXIS * face.px
    needed = max((max(t.laid.ink_up - axis, t.laid.ink_down + axis) for t in inside), default=0.0) / face.px
    stretch = needed / 0.56 if needed > 0.85 else 1.0
    return [
        Token(Kind.OPENING, _fence(left, stretch, face)),
        *inside,
        Token(Kind.CLOSING, _fence(right, stretch, face)),
    ]


def _fence(text: str, stretch: float, face: Face) -> Laid:
    """One parenthesis, stretched about the axis."""
    px = face.px
    laid = words(text, face)
    if stretch <= 1.0:
        return laid
    up, down = (UP - AXIS) * stretch * px + AXIS * px, (DOWN + AXIS) * stretch * px - AXIS * px
    y = (stretch - 1) * AXIS * px
    return Laid(laid.width, up, down, up, down, ((0, y, Text(text, style.math_font(px), stretch)),))


def words(text: str, face: Face, bold: bool = False) -> Laid:
    """Characters of the formula font on the baseline."""
    return _words(text, face.px, bold)


@lru_cache(maxsize=8192)
def _words(text: str, px: int, bold: bool) -> Laid:
    width, up, down = _metrics(px, bold).horizontalAdvance(text), UP * px, DOWN * px
    return Laid(width, up, down, up, down, ((0, 0, Text(text, style.math_font(px, bold))),))


@lru_cache(maxsize=256)
def relation(sign: str, face: Face) -> Token:
    """A sign such as = with its space, as a piece of a line."""
    return Token(Kind.OPERATOR, _operator(sign, face), sign)


@lru_cache(maxsize=512)
def _operator(sign: str, face: Face) -> Laid:
    return _padded(words(sign, face), face.space, face.space)


def _padded(laid: Laid, before: float, after: float) -> Laid:
    width = laid.width + before + after
    return Laid(width, laid.up, laid.down, laid.ink_up, laid.ink_down, ((before, 0, laid),))


def beside(pieces: Sequence[Laid], gap: float = 0.0) -> Laid:
    """Pieces in a row on one baseline."""
    if len(pieces) == 1:
        return pieces[0]
    if not pieces:
        return Laid(0.0, 0, 0, 0, 0, ())
    x, parts, first = 0.0, [], pieces[0]
    up, down, ink_up, ink_down = first.up, first.down, first.ink_up, first.ink_down
    for piece in pieces:  # thousands of times for a sheet: one pass
        parts.append((x, 0.0, piece))
        x += piece.width + gap
        up = piece.up if piece.up > up else up
        down = piece.down if piece.down > down else down
        ink_up = piece.ink_up if piece.ink_up > ink_up else ink_up
        ink_down = piece.ink_down if piece.ink_down > ink_down else ink_down
    return Laid(max(0.0, x - gap), up, down, ink_up, ink_down, tuple(parts))


def fraction(above: Laid, below: Laid, face: Face) -> Laid:
    """One piece over another, the bar at the height of a minus."""
    thickness = max(1.2, 0.05 * face.px)
    gap, axis = 0.10 * face.px + thickness / 2, AXIS * face.px
    width = max(above.width, below.width) + 0.24 * face.px
    top, bottom = -axis - gap - above.down, -axis + gap + below.up
    return Laid(
        width + 0.1 * face.px,
        above.up - top,
        below.down + bottom,
        above.ink_up - top,
        below.ink_down + bottom,
        (
            (0.05 * face.px + (width - above.width) / 2, top, above),
            (0.05 * face.px, -axis, Rule(width, thickness)),
            (0.05 * face.px + (width - below.width) / 2, bottom, below),
        ),
    )


def raised(base: Laid, exponent: Laid, face: Face) -> Laid:
    """A piece with an exponent."""
    lift = max(0.40 * face.px, base.ink_up - 0.36 * face.px)
    x = base.width + 0.03 * face.px
    return Laid(
        x + exponent.width,
        max(base.up, exponent.up + lift),
        max(base.down, exponent.down - lift),
        max(base.ink_up, exponent.ink_up + lift),
        max(base.ink_down, exponent.ink_down - lift),
        ((0, 0, base), (x, -lift, exponent)),
    )


# Quantities


def _atom(atom: Atom, face: Face) -> Laid:
    if atom.text is None:
        return symbol(atom.quantity, face)
    return number(atom, face)


def symbol(quantity: Quantity, face: Face) -> Laid:
    """A quantity by its name."""
    inner = name(quantity.name, face)
    factor = Factor(quantity, Use.SYMBOL, face.px)
    return Laid(inner.width, inner.up, inner.down, inner.ink_up, inner.ink_down, ((0, 0, inner),), factor)


def number(atom: Atom, face: Face, use: Use = Use.NUMBER) -> Laid:
    """A quantity as its shown number, with room for its tint and, if it has one, its tag."""
    px = face.px
    side, above = face.pad
    if use is Use.RESULT:
        side = 0.42 * px
    text = words(atom.text or "", face, bold=use is Use.RESULT)
    tag = face.beads.get(atom.quantity.ref) if atom.quantity.ref and use is Use.NUMBER else None
    parts: tuple[tuple[float, float, Laid | Text | Rule | Bead], ...] = ()
    x = side
    if tag is not None:
        radius = max(7.0, 0.36 * px)
        parts = ((x + radius - 0.1 * px, -DIGIT / 2 * px, Bead(tag, atom.quantity.role, radius)),)
        x += 2 * radius + 0.12 * px
    return Laid(
        x + text.width + side,
        DIGIT * px + above,
        above,
        UP * px,
        DOWN * px,
        (*parts, (x, 0, text)),
        Factor(atom.quantity, use, px),
    )


@lru_cache(maxsize=2048)
def name(one: Name, face: Face) -> Laid:
    """A symbol with its indices; a derivative as a fraction of ∂s."""
    if one.by is None:
        return _marked(_indexed(one, face), one.mark, face)
    inner = face if face.flat else face.part(INNER)
    top, bottom = _partial(replace(one, by=None), inner), _partial(one.by, inner)
    whole = beside([top, words("/", face), bottom]) if face.flat else fraction(top, bottom, face)
    return _marked(whole, one.mark, face)


def _marked(laid: Laid, mark: str, face: Face) -> Laid:
    """A symbol with words after it: z₆ so far."""
    if not mark or mark == "′":
        return laid
    return beside([laid, _padded(words(mark.strip(), face.part(SCRIPT)), 0.25 * face.px, 0.1 * face.px)])


def _partial(one: Name, face: Face) -> Laid:
    return beside([words(style.italic("∂"), face), _indexed(one, face)])


def _indexed(one: Name, face: Face) -> Laid:
    base = words(_letters(one.letter), face)
    small = face.part(SCRIPT)
    above = one.over + one.mark if one.mark == "′" else one.over
    spread = 0.06 * face.px if one.sub and above else 0.0
    scripts: list[tuple[float, float, Laid]] = []
    if one.sub:
        scripts.append((base.width, 0.20 * face.px + spread, words(one.sub, small)))
    if above:
        scripts.append((base.width + 0.04 * face.px, -0.38 * face.px - spread, words(above, small)))
    width = max([base.width, *(x + laid.width for x, _, laid in scripts)])
    up = max([base.up, *(laid.up - y for _, y, laid in scripts)])
    down = max([base.down, *(laid.down + y for _, y, laid in scripts)])
    return Laid(width, up, down, up, down, ((0, 0, base), *scripts))


def _letters(text: str) -> str:
    """Variables in italics; a name of whole words, such as that of a column, stays upright."""
    if any(len(word) > 1 for word in LETTERS.findall(text)):
        return text
    return style.italic(text)
