"""Long matrices in part: around what is in use, and all of an equation in the same part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nnviz.ui.layout.matrix_equation import Area, Axis, Block, Entry, Formula, Place

LONGEST = 32  # rows or columns that are shown whole
SHOWN = 12  # of a longer one
Parts = dict[tuple[Axis, int], range]


def shortened(formulas: tuple[Formula, ...], place: Place) -> tuple[tuple[Formula, ...], list[str]]:
    """The equations with long axes in part, and for each of these a line that says which part."""
    parts: Parts = {}
    short = tuple(
        tuple(_part_of(part, place, parts) if isinstance(part, Block) else part for part in formula)
        for formula in formulas
    )
    lines = [
        f"Shown in part: {axis.value} {rows[0] + 1:,} … {rows[-1] + 1:,} of {length:,}."
        for (axis, length), rows in parts.items()
    ]
    return short, lines


def is_in_part(block: Block) -> bool:
    """Whether only a part of a matrix is shown."""
    return isinstance(block.entry, _Window)


def whole(block: Block, i: int, j: int) -> tuple[Block, int, int]:
    """The matrix of which a part may be shown, and the place of a cell in it."""
    return block.entry.place(i, j) if isinstance(block.entry, _Window) else (block, i, j)


def entries_of(block: Block) -> Iterator[Entry]:
    """All cells, row by row."""
    return (block.entry(i, j) for i in range(block.rows) for j in range(block.columns))


class _Window:
    """The cells of a matrix from some row and column on."""

    def __init__(self, block: Block, top: int, left: int) -> None:
        self._whole, self._top, self._left = block, top, left

    def __call__(self, i: int, j: int) -> Entry:
        return self._whole.entry(i + self._top, j + self._left)

    def place(self, i: int, j: int) -> tuple[Block, int, int]:
        """The whole matrix, and where a cell is in it."""
        return self._whole, i + self._top, j + self._left


def _part_of(block: Block, place: Place, parts: Parts) -> Block:
    rows = _range(block.axes[0], block.rows, place, parts)
    columns = _range(block.axes[1], block.columns, place, parts)
    if len(rows) == block.rows and len(columns) == block.columns:
        return block
    entry = _Window(block, rows[0], columns[0])
    used = _inside(block.used, rows, columns)
    return replace(block, rows=len(rows), columns=len(columns), entry=entry, used=used)


def _range(axis: Axis, length: int, place: Place, parts: Parts) -> range:
    """What is shown of an axis; examples are always shown all."""
    if length <= LONGEST or axis is Axis.EXAMPLE:
        return range(length)
    middle = {Axis.UNIT: place.unit, Axis.SOURCE: _source(place), Axis.TERM: place.term}[axis] or 0
    start = min(max(0, middle - SHOWN // 2), length - SHOWN)
    return parts.setdefault((axis, length), range(start, start + SHOWN))


def _source(place: Place) -> int | None:
    return place.term if place.weight is None else place.weight


def _inside(used: Area | None, rows: range, columns: range) -> Area | None:
    """What is in use of the part that is shown, counted from its corner."""
    if used is None:
        return None
    top, left = max(used.row, rows[0]), max(used.column, columns[0])
    bottom = min(used.row + used.rows, rows[-1] + 1)
    right = min(used.column + used.columns, columns[-1] + 1)
    if top >= bottom or left >= right:
        return None
    return Area(top - rows[0], left - columns[0], bottom - top, right - left)
