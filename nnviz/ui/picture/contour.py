"""Where a function on a grid takes a value."""

from __future__ import annotations

import numpy as np

from nnviz.engine.ops.base import Array

HALVES = (((0, 0), (0, 1), (1, 0)), ((1, 1), (0, 1), (1, 0)))  # (row, column) of the corners of two triangles


def level_lines(values: Array, level: float) -> Array:
    """The line values = `level` in pieces: (pieces, 2 ends, column and row on the grid).

    Every cell of the grid is cut into two triangles, on which the function is linear between its corners, so
    that a piece is straight and no cell is ambiguous. Cells with a corner that is not finite have no line.
    """
    return np.concatenate([_in_triangles(values, level, corners) for corners in HALVES])


def _in_triangles(values: Array, level: float, corners: tuple[tuple[int, int], ...]) -> Array:
    rows, columns = values.shape
    at = np.stack([values[r : rows - 1 + r, c : columns - 1 + c] for r, c in corners], axis=-1)
    above = at > level
    count = above.sum(axis=-1)
    crossed = (count > 0) & (count < 3) & np.isfinite(at).all(axis=-1)
    row, column = np.nonzero(crossed)
    at, above, count = at[crossed], above[crossed], count[crossed]
    odd = np.where(count == 1, above.argmax(axis=-1), above.argmin(axis=-1))
    places = np.array(corners, dtype=np.float64)[:, ::-1]
    start = np.stack([column, row], axis=-1).astype(np.float64)[:, None, :]
    ends = [_crossing(at, places, odd, (odd + by) % 3, level) for by in (1, 2)]
    pieces: Array = start + np.stack(ends, axis=1)
    return pieces


def _crossing(at: Array, places: Array, one: Array, other: Array, level: float) -> Array:
    """Where the level lies between two corners of each triangle."""
    triangle = np.arange(len(at))
    first, second = at[triangle, one], at[triangle, other]
    share = (level - first) / (second - first)
    return places[one] + share[:, None] * (places[other] - places[one])
