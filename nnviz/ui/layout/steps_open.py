"""How the height of the view is shared by the columns and the opened step below them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.steps import COMPACT, RowShape, columns_height
from nnviz.ui.layout.steps_cell import (
    COLOR,
    COLORS,
    FUNNEL,
    NARROW,
    WRITTEN,
    CellPlace,
    Sizes,
    vector_size,
)
from nnviz.ui.layout.steps_cell import SIZES as CELL_SIZES
from nnviz.ui.layout.steps_chain import arrange_chain, chain_needs
from nnviz.ui.layout.steps_gru import arrange_gru, gru_needs
from nnviz.ui.layout.steps_lstm import arrange_lstm, lstm_needs

SIDE, BOTTOM = 12.0, 8.0
LARGEST_FRAME = 440.0
MOST = 23.0  # the height of a number in the columns
WELL_READ = 19.0  # numbers of this height are worth more than columns that are not needed
MOST_COMPACT = 21.0  # in the opened step below compact columns
AIR = 110.0  # at most so much more than is needed

CELLS = {  # what each kind of layer needs, and how it is laid out
    "lstm": (lstm_needs, arrange_lstm),
    "gru": (gru_needs, arrange_gru),
    "recurrent": (chain_needs, arrange_chain),
    "dense": (chain_needs, arrange_chain),
}


class CellShape(NamedTuple):
    """What the place of an opened step depends on: rows and columns of its vectors."""

    kind: str
    names: tuple[str, ...]
    units: tuple[int, int]
    inputs: tuple[int, int]
    can_write: bool
    can_write_inputs: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """Size of a number in the columns (None: they are drawn in colors), and the opened step."""

    size: float
    is_folded: bool
    cell: CellPlace
    is_written: bool
    has_columns: bool = True


def folded(rows: tuple[RowShape, ...]) -> tuple[RowShape, ...]:
    """The same rows, all in colors but single numbers."""
    return tuple(row._replace(is_written=row.is_written and row.rows == 1) for row in rows)


class _Level(NamedTuple):
    """The height of a number in the columns and in the opened step; None: drawn in colors."""

    size: float
    is_folded: bool
    high: float | None
    side: float = COLOR
    wide: float = WRITTEN
    has_columns: bool = True


@lru_cache(maxsize=256)
def share_room(
    rows: tuple[RowShape, ...],
    cell: CellShape,
    width: float,
    height: float,
    has_strip: bool,
    needs_columns: bool = True,
) -> Shares:
    """Numbers everywhere if they fit; else the columns give way to colors, then the opened step.

    Columns that are not needed go altogether before the opened step loses its numbers.
    """
    for level in _levels(needs_columns):
        shown = folded(rows) if level.is_folded else rows
        top = columns_height(shown, level.size, has_strip) + FUNNEL if level.has_columns else BOTTOM
        frame = Box(SIDE, top, width - 2 * SIDE, min(height - BOTTOM - top, LARGEST_FRAME))
        sizes = _sizes(cell, level)
        wide, high = _needs(cell, sizes)
        if wide <= frame.width and high <= frame.height:
            frame = frame._replace(height=min(frame.height, high + AIR))
            break
    is_written = level.high is not None
    return Shares(level.size, level.is_folded, _arranged(cell, frame, sizes), is_written, level.has_columns)


def _levels(needs_columns: bool) -> list[_Level]:
    """The best first."""
    sizes = [(wide, one) for wide in (WRITTEN, NARROW) for one in CELL_SIZES]
    both = [_Level(min(one, MOST), fold, one, wide=wide) for fold in (False, True) for wide, one in sizes]
    if not needs_columns:
        alone = [_Level(COMPACT, True, one, wide=wide, has_columns=False) for wide, one in sizes]
        both = [one for one in both if one.high is not None and one.high >= WELL_READ] + alone
    both += [_Level(COMPACT, True, one, wide=wide) for wide, one in sizes if one <= MOST_COMPACT]
    colors = [_Level(min(one, MOST), False, None, side) for side in COLORS for one in CELL_SIZES]
    colors += [_Level(CELL_SIZES[-1], True, None)]
    return [*both, *colors, *(_Level(COMPACT, True, None, side) for side in COLORS)]


def _sizes(cell: CellShape, level: _Level) -> Sizes:
    """The sizes of the vectors."""
    high, wide = level.high, level.wide
    if cell.kind not in ("lstm", "gru") and high is not None:
        wide = max(wide, 3 * high)  # there is room enough
    units = vector_size(*cell.units, high if cell.can_write else None, wide, level.side)
    inputs = vector_size(*cell.inputs, high if cell.can_write_inputs else None, wide, level.side)
    return Sizes(units, inputs)


def _needs(cell: CellShape, sizes: Sizes) -> tuple[float, float]:
    return CELLS[cell.kind][0](sizes, frozenset(cell.names))


def _arranged(cell: CellShape, frame: Box, sizes: Sizes) -> CellPlace:
    return CELLS[cell.kind][1](frame, sizes, frozenset(cell.names))
