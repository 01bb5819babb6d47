"""Where the matrices of a page stand: formulas break before a sign, as on paper. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnviz.ui.layout.matrix_equation import Block, Formula, Page, Sign

ROW = 28
LABEL = 26
HEADER = 20
HEADING = 28
GAP = 20
SPACE = 5
ROOMY, SNUG = 18.0, 6.0  # what a cell has around its number, both sides together


@dataclass(frozen=True, slots=True)
class Measures:
    """Widths that only fonts can tell: of the widest number of a matrix, of a label, sign or row name."""

    number: Callable[[Block], float]
    label: Callable[[str], float]
    sign: Callable[[str], float]
    name: Callable[[str], float]


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A matrix with the left top corner of its cells; label and header stand at `top` and below."""

    block: Block
    left: float
    x: float
    y: float
    top: float
    cell_width: float

    @property
    def width(self) -> float:
        return self.block.columns * self.cell_width

    @property
    def height(self) -> float:
        return float(self.block.rows * ROW)

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The row and column under a point."""
        column, row = int((x - self.x) // self.cell_width), int((y - self.y) // ROW)
        inside = 0 <= row < self.block.rows and 0 <= column < self.block.columns
        return (row, column) if inside else None


@dataclass(frozen=True, slots=True)
class PlacedText:
    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page laid out in a width."""

    page: Page
    blocks: tuple[PlacedBlock, ...]
    signs: tuple[PlacedText, ...]
    headings: tuple[PlacedText, ...]
    notes: tuple[PlacedText, ...]
    width: float
    height: float


@dataclass(slots=True)
class _Piece:
    """A matrix with the signs in front of it: what a line is broken into."""

    signs: list[Sign]
    block: Block
    signs_width: float
    name_width: float
    cell_width: float
    label_width: float

    @property
    def block_width(self) -> float:
        return self.name_width + max(self.block.columns * self.cell_width, self.label_width)

    @property
    def width(self) -> float:
        return self.signs_width + self.block_width


def lay_out(page: Page, available: float, measures: Measures) -> Sheet:
    """Place a page in a width; a single matrix that is too wide for it makes the sheet wider."""
    draft = _Draft(page, available, measures)
    draft.heading(page.title)
    for formula in page.formulas:
        draft.formula(formula)
    for line in page.note.splitlines():
        draft.note(line)
    if page.batch is not None:
        draft.y += GAP - SPACE
        draft.heading(page.batch.label)
        draft.formula((page.batch,))
    return draft.sheet()


class _Draft:
    """A sheet while it grows downward."""

    def __init__(self, page: Page, available: float, measures: Measures) -> None:
        self.page, self.available, self.measures = page, available, measures
        self.y = 0.0
        self.blocks: list[PlacedBlock] = []
        self.signs: list[PlacedText] = []
        self.headings: list[PlacedText] = []
        self.notes: list[PlacedText] = []
        self.width = 0.0

    def sheet(self) -> Sheet:
        texts = (tuple(self.signs), tuple(self.headings), tuple(self.notes))
        return Sheet(self.page, tuple(self.blocks), *texts, self.width, self.y)

    def heading(self, text: str) -> None:
        self.headings.append(PlacedText(text, 0, self.y, self.available, HEADING))
        self.y += HEADING

    def note(self, text: str) -> None:
        self.notes.append(PlacedText(text, 0, self.y, self.available, HEADER))
        self.y += HEADER + SPACE

    def formula(self, formula: Formula) -> None:
        """Lines of matrices, with narrower cells where those save a line."""
        roomy, snug = self._pieces(formula, ROOMY), self._pieces(formula, SNUG)
        done = 0
        for line in self._lines(snug):
            wide = roomy[done : done + len(line)]
            done += len(line)
            self._place(wide if sum(piece.width for piece in wide) <= self.available else line)

    def _pieces(self, formula: Formula, space: float) -> list[_Piece]:
        pieces, signs = [], []
        for part in formula:
            if isinstance(part, Sign):
                signs.append(part)
                continue
            pieces.append(self._piece(signs, part, space))
            signs = []
        return pieces

    def _piece(self, signs: list[Sign], block: Block, space: float) -> _Piece:
        measures = self.measures
        signs_width = sum(measures.sign(sign.text) + 2 * SPACE for sign in signs)
        names = max((measures.name(name) for name in block.row_names), default=0.0)
        label = 0.0 if block.is_table else measures.label(block.label)
        return _Piece(signs, block, signs_width, names, measures.number(block) + space, label)

    def _lines(self, pieces: list[_Piece]) -> list[list[_Piece]]:
        lines: list[list[_Piece]] = [[]]
        used = 0.0
        for piece in pieces:
            if lines[-1] and used + piece.width > self.available:
                lines.append([])
                used = 0.0
            lines[-1].append(piece)
            used += piece.width
        return lines

    def _place(self, line: list[_Piece]) -> None:
        """One line: labels at the top, matrices centered on their common middle."""
        has_label = any(not piece.block.is_table for piece in line)
        has_header = any(piece.block.examples for piece in line)
        top = self.y
        cells = top + has_label * LABEL + has_header * HEADER
        tallest = max(piece.block.rows for piece in line) * ROW
        x = 0.0
        for piece in line:
            x = self._place_signs(piece, x, cells, tallest)
            self._place_block(piece, x, top, cells + (tallest - piece.block.rows * ROW) / 2)
            x += piece.block_width
        self.width = max(self.width, x)
        self.y = cells + tallest + 2 * SPACE

    def _place_signs(self, piece: _Piece, x: float, y: float, height: float) -> float:
        for sign in piece.signs:
            width = self.measures.sign(sign.text) + 2 * SPACE
            self.signs.append(PlacedText(sign.text, x, y, width, height))
            x += width
        return x

    def _place_block(self, piece: _Piece, left: float, top: float, y: float) -> None:
        rest = piece.block_width - piece.name_width - piece.block.columns * piece.cell_width
        x = left + piece.name_width + rest / 2
        self.blocks.append(PlacedBlock(piece.block, left, x, y, top, piece.cell_width))
