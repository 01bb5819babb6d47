"""How the height of the view is shared by the columns and the opened step below them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.steps import RowShape, columns_height
from nnviz.ui.layout.steps_cell import FUNNEL, NARROW, WRITTEN, CellPlace, Sizes, vector_size
from nnviz.ui.layout.steps_cell import SIZES as CELL_SIZES
from nnviz.ui.layout.steps_chain import arrange_chain, arrange_parts, chain_needs, parts_need
from nnviz.ui.layout.steps_lstm import arrange_lstm, lstm_needs

SIDE, BOTTOM = 12.0, 8.0
LARGEST_FRAME = 440.0
MOST = 23.0  # the height of a number in the columns
AIR = 110.0  # at most so much more than is needed


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


def folded(rows: tuple[RowShape, ...]) -> tuple[RowShape, ...]:
    """The same rows, all in colors but single numbers."""
    return tuple(row._replace(is_written=row.is_written and row.rows == 1) for row in rows)


@lru_cache(maxsize=256)
def share_room(
    rows: tuple[RowShape, ...], cell: CellShape, width: float, height: float, has_strip: bool
) -> Shares:
    """Numbers everywhere if they fit; else the columns give way to colors, then the opened step."""
    for size, is_folded, high in _levels():
        shown = folded(rows) if is_folded else rows
        top = columns_height(shown, size, has_strip) + FUNNEL
        frame = Box(SIDE, top, width - 2 * SIDE, min(height - BOTTOM - top, LARGEST_FRAME))
        sizes = _sizes(cell, high, frame.width)
        if sizes is not None:
            needed = _needs(cell, sizes, frame.width)
            if needed[0] <= frame.width and needed[1] <= frame.height:
                frame = frame._replace(height=min(frame.height, needed[1] + AIR))
                return Shares(size, is_folded, _arranged(cell, frame, sizes), high is not None)
    frame = frame._replace(height=max(frame.height, needed[1]) if sizes else frame.height)
    smallest = _sizes(cell, None, frame.width)
    assert smallest is not None
    return Shares(size, is_folded, _arranged(cell, frame, smallest), False)


def _levels() -> list[tuple[float, bool, float | None]]:
    """(number in the columns, whether they are folded, number in the cell), the best first."""
    both: list[tuple[float, bool, float | None]] = [(min(one, MOST), False, one) for one in CELL_SIZES]
    both += [(min(one, MOST), True, one) for one in CELL_SIZES]
    return [*both, *((min(one, MOST), False, None) for one in CELL_SIZES), (CELL_SIZES[-1], True, None)]


def _sizes(cell: CellShape, high: float | None, width: float) -> Sizes | None:
    """The sizes of the vectors; narrow ones in a narrow view."""
    wide = WRITTEN if width >= 780 else NARROW
    if cell.kind != "lstm" and high is not None:
        wide = max(wide, 3 * high)  # there is room enough
    units = vector_size(*cell.units, high if cell.can_write else None, wide)
    inputs = vector_size(*cell.inputs, high if cell.can_write_inputs else None, wide)
    return Sizes(units, inputs)


def _needs(cell: CellShape, sizes: Sizes, width: float) -> tuple[float, float]:
    if cell.kind == "lstm":
        return lstm_needs(sizes, frozenset(cell.names))
    if cell.kind in ("simple", "dense"):
        return chain_needs(sizes, frozenset(cell.names))
    return parts_need(sizes, cell.names, width)


def _arranged(cell: CellShape, frame: Box, sizes: Sizes) -> CellPlace:
    if cell.kind == "lstm":
        return arrange_lstm(frame, sizes, frozenset(cell.names))
    if cell.kind in ("simple", "dense"):
        return arrange_chain(frame, sizes, frozenset(cell.names))
    return arrange_parts(frame, sizes, cell.names)
