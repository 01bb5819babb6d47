"""The equations of an explanation on a sheet: as large as fits, aligned, broken where they must be.

One equation is set in two lines, every number under its symbol. Several equations stand one to a line, beside
each other where there is room. What does not fit in the smallest size is broken at its signs and makes the
sheet higher than asked for, so that it is scrolled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nnviz.engine.explain import Explanation
from nnviz.engine.formula import Quantity
from nnviz.engine.numbers import MINUS
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import Atom, Typeset, shown, typeset
from nnviz.ui.formula_boxes import (
    Face,
    Kind,
    Token,
    atoms,
    beside,
    lay,
    number,
    relation,
    side_tokens,
)
from nnviz.ui.formula_columns import aligned, caption, pieces_of
from nnviz.ui.formula_drawing import Laid, Placed

PX = (26, 24, 22, 20, 18, 17, 16)
SMALL_PX = (15, 14, 13)  # what takes many lines may be this small before it is scrolled
CAPTIONED = 4  # captions are given up before the type gets smaller than so many of these sizes
MARGIN = 5  # around the sheet: room for the frame of a selected number
SCROLL_BAR = 14
LINE_GAP, EQUATION_GAP, COLUMN_GAP = 3, 7, 28


@dataclass(frozen=True, slots=True)
class Room:
    """The space that equations may take, and by how much type is enlarged."""

    width: float
    height: float
    scale: float = 1.0

    def fits(self, laid: Laid) -> bool:
        return laid.width <= self.width and laid.height <= self.height

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(round(px * self.scale) for px in PX)

    def face(self, px: int, **how) -> Face:
        return Face(px, smallest=round(12 * self.scale), **how)


def sheet(explanation: Explanation, digits: int, room: Room, tags: Mapping[Ref, int] | None = None) -> Placed:
    """Everything of an explanation that is written in formulas."""
    inside = replace(room, width=room.width - 2 * MARGIN, height=room.height - 2 * MARGIN)
    px, block = _block(explanation, digits, inside, tags or {})
    placed = Placed(block.width + 2 * MARGIN, block.height + 2 * MARGIN, px)
    placed.add(block, MARGIN, MARGIN + block.up)
    return placed


def _block(explanation: Explanation, digits: int, room: Room, tags: Mapping[Ref, int]) -> tuple[int, Laid]:
    equations = [typeset(equation, digits) for equation in explanation.equations]
    if not equations:
        return room.sizes[0], _given(explanation.given, digits, room)
    if len(equations) == 1:
        found = _alone(equations[0], room, tags)
        if found is not None:
            return found
    return _compact(equations, room, tags, explanation.omitted)


# Ways to set equations


def _alone(equation: Typeset, room: Room, tags: Mapping[Ref, int]) -> tuple[int, Laid] | None:
    """One equation with every number under its symbol, with captions where these leave it large enough.

    High fractions may leave more room for themselves beside each other than above each other.
    """

    def with_captions(px: int) -> Laid:
        return aligned(equation, room.face(px, roomy=True), room.scale, tags, with_captions=True)

    def with_tags(px: int) -> Laid:
        return aligned(equation, room.face(px, roomy=True), room.scale, tags)

    def flat(px: int) -> Laid:
        return aligned(equation, room.face(px, flat=True, beads=tags))

    def in_one_line(px: int) -> Laid:
        return beside(pieces_of(equation, room.face(px, beads=tags)))

    found = _largest(with_captions, room.sizes[:CAPTIONED], room) if tags else None
    if found is not None:
        return found
    choices = [_largest(make, room.sizes, room) for make in (with_tags, flat, in_one_line)]
    return max(filter(None, choices), key=lambda one: one[0], default=None)


def _compact(
    equations: Sequence[Typeset], room: Room, tags: Mapping[Ref, int], omitted: int
) -> tuple[int, Laid]:
    """Several equations, one to a line or side by side."""
    more = _more(omitted, room.scale)
    less = replace(room, height=room.height - (more.height + EQUATION_GAP if more else 0))

    has_tall = len(equations) <= 2 and any(map(_has_derivative, equations))

    def make(px: int, room: Room = less) -> Laid:
        if has_tall:
            tall = _Compact(room.face(px), tags).best(equations, room)
            if room.fits(tall):
                return tall
        return _Compact(room.face(px, flat=True), tags).best(equations, room)

    small = tuple(round(px * room.scale) for px in SMALL_PX)

    def brief(px: int) -> Laid:
        return _Compact(room.face(px, flat=True), tags).brief(equations)

    found = _largest(make, (*room.sizes, *small), less)
    if found is None and len(equations) > 2:
        found = _largest(brief, small, less)
    if found is None:
        px = room.sizes[-1]
        found = px, make(px, replace(less, width=less.width - SCROLL_BAR))
    return (found[0], stacked([found[1], more], EQUATION_GAP)) if more else found


def _has_derivative(equation: Typeset) -> bool:
    """Whether something in it is a fraction of ∂s, which stands flat where there is no room for it."""
    sides = equation.target, equation.symbolic, equation.substituted
    return any(atom.quantity.name.by is not None for side in sides for atom in atoms(side))


def _largest(make: Callable[[int], Laid], sizes: Sequence[int], room: Room) -> tuple[int, Laid] | None:
    """The largest size that fits. How far one is too large tells which sizes need not be tried."""
    limit = float(sizes[0])
    for px in sizes:
        if px > limit and px != sizes[-1]:
            continue
        laid = make(px)
        if room.fits(laid):
            return px, laid
        limit = 1.1 * px * min(room.width / laid.width, room.height / laid.height)
        if limit < 0.9 * sizes[-1] and px != sizes[-1]:
            limit = sizes[-1]
    return None


def _given(quantities: Sequence[Quantity], digits: int, room: Room) -> Laid:
    """Numbers that are data: name, value and the word “given”."""
    face = room.face(room.sizes[0], roomy=True)
    word = caption("given", room.scale)
    lines = []
    for quantity in quantities:
        value = Atom(quantity, shown(quantity, digits))
        equals = relation("=", face).laid
        laid = beside([lay(Atom(quantity), face), equals, number(value, face)])
        lines.append(beside([laid, word], gap=14 * room.scale))
    return stacked(lines, EQUATION_GAP)


class _Compact:
    """Several equations at one size."""

    def __init__(self, face: Face, tags: Mapping[Ref, int]) -> None:
        self.face = face
        self.tags = tags

    def best(self, equations: Sequence[Typeset], room: Room) -> Laid:
        """As a table of so many columns as it takes to fit; else one below the other, broken if need be."""
        faces = [self.face] * (len(equations) - 1) + [replace(self.face, beads=self.tags)]
        rows = [pieces_of(*pair) for pair in zip(equations, faces, strict=True)]
        if all(sum(piece.width for piece in row) <= room.width for row in rows):
            narrow = None
            for columns in range(1, min(3, len(rows)) + 1):
                table = _table(rows, columns)
                if room.fits(table):
                    return table
                narrow = table if table.width <= room.width else narrow
            if narrow is not None:
                return narrow
        blocks = [self._one(*each, room.width) for each in zip(equations, faces, rows, strict=True)]
        return stacked(blocks, EQUATION_GAP)

    def brief(self, equations: Sequence[Typeset]) -> Laid:
        """The first equation in full, and of those that are like it the numbers only."""
        faces = [self.face] * (len(equations) - 1) + [replace(self.face, beads=self.tags)]
        rows = [pieces_of(*pair) for pair in zip(equations, faces, strict=True)][1:]
        numbers = [[row[0], _blank(0), row[2], row[3]] for row in rows]
        return stacked([aligned(equations[0], self.face), _table(numbers, 1)], EQUATION_GAP)

    def _one(self, equation: Typeset, face: Face, row: Sequence[Laid], width: float) -> Laid:
        """An equation in one line, in two, or in as many as it takes."""
        line = beside(row)
        if line.width <= width:
            return line
        least = row[0].width + max(row[1].width, row[2].width) + row[3].width
        if least <= width and (lines := aligned(equation, face)).width <= width:
            return lines
        broken = flow(equation, face, width)
        return broken if broken.width <= width else flow(equation, replace(face, slashed=True), width)


def _table(rows: Sequence[Sequence[Laid]], columns: int) -> Laid:
    """Equations in reading order in so many columns, their signs of equality below each other."""
    widths = [
        [max(row[i].width for row in rows[column::columns]) for i in range(4)] for column in range(columns)
    ]
    lines = []
    for start in range(0, len(rows), columns):
        cells = [
            _padded_row(row, width) for row, width in zip(rows[start : start + columns], widths, strict=False)
        ]
        lines.append(beside(cells, COLUMN_GAP))
    return stacked(lines, EQUATION_GAP)


def _padded_row(row: Sequence[Laid], widths: Sequence[float]) -> Laid:
    return beside([_wide(piece, width) for piece, width in zip(row, widths, strict=True)])


def _wide(piece: Laid, width: float) -> Laid:
    """A piece in a wider place; the rectangle of a factor stays as it is."""
    return Laid(width, piece.up, piece.down, piece.ink_up, piece.ink_down, ((0, 0, piece),))


def stacked(blocks: Sequence[Laid], gap: float) -> Laid:
    """Pieces below each other, left-aligned, the baseline of the first being that of the whole."""
    if not blocks:
        return Laid(0, 0, 0, 0, 0)
    y, parts = 0.0, []
    for place, block in enumerate(blocks):
        if place:
            y += blocks[place - 1].down + gap + block.up
        parts.append((0.0, y, block))
    first, last = blocks[0], blocks[-1]
    width = max(block.width for block in blocks)
    return Laid(width, first.up, y + last.down, first.ink_up, y + last.ink_down, tuple(parts))


# Broken lines


def flow(equation: Typeset, face: Face, width: float) -> Laid:
    """An equation broken before = and, where a side is still too long, before its signs."""
    target = lay(equation.target, face)
    equals = relation("=", face)
    result = Token(Kind.THING, pieces_of(equation, face)[3])
    sides = [[equals, *side_tokens(equation.symbolic, face)]] if equation.has_symbols else []
    sides += [[equals, *side_tokens(equation.substituted, face)]] if equation.has_numbers else []
    sides = [*sides[:-1], [*sides[-1], result]] if sides else [[result]]
    indent = equals.laid.width
    lines: list[Laid] = []
    for side in sides:
        broken = list(_broken(side, width - target.width, indent))
        for place, line in enumerate(broken):
            start = target if not lines else replace(target, parts=(), factor=None)
            lead = [_blank(indent)] if place else []
            lines.append(beside([start, *lead, line]))
    return stacked(lines, LINE_GAP)


def _blank(width: float) -> Laid:
    return Laid(width, 0, 0, 0, 0)


def _broken(side: Sequence[Token], width: float, indent: float) -> Iterator[Laid]:
    """The lines of one side: units are kept together, continued lines are indented."""
    line: list[Laid] = []
    used = 0.0
    for unit in _units(side, width - indent):
        wide = sum(token.laid.width for token in unit)
        if line and used + wide > width:
            yield beside(line)
            line, used = [], indent
        line += [token.laid for token in unit]
        used += wide
    yield beside(line)


def _units(side: Sequence[Token], width: float) -> Iterator[list[Token]]:
    """What is kept on one line: terms, or single factors where a term is too wide."""
    for term in _split(side, ("+", MINUS)):
        if sum(token.laid.width for token in term) <= width:
            yield term
        else:
            yield from _split(term, ("+", MINUS, "×", "/", ","))


def _split(side: Sequence[Token], signs: Sequence[str]) -> Iterator[list[Token]]:
    unit: list[Token] = []
    for token in side:
        if token.kind is Kind.OPERATOR and token.sign in signs and unit:
            yield unit
            unit = []
        unit.append(token)
    if unit:
        yield unit


def _more(omitted: int, scale: float) -> Laid | None:
    """How many equations are left out."""
    if not omitted:
        return None
    return caption(f"… and {omitted:,} more like these", scale)
