"""Numbers in rows and columns as a file lists them: images and filters."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array


class GridError(ValueError):
    """Rows that do not make a grid."""


def grid(value: list[Any], what: str) -> Array:
    """(channel, row, column) from the rows of one channel, or from a list of channels.

    Raises GridError that begins with `what` and says where the rows differ.
    """
    is_deep = isinstance(value[0][0], list)
    channels = value if is_deep else [value]
    size = (len(channels[0]), len(channels[0][0]))
    for k, channel in enumerate(channels, 1):
        _check(channel, size, f"{what}, channel {k}" if is_deep else what)
    return np.array(channels, dtype=np.float64)


def _check(channel: list[Any], size: tuple[int, int], what: str) -> None:
    rows, columns = size
    if len(channel) != rows:
        raise GridError(f"{what}: found {counted(len(channel), 'row')}, wanted {rows} as in channel 1")
    for r, row in enumerate(channel, 1):
        if not isinstance(row, list) or any(isinstance(number, list) for number in row):
            raise GridError(f"{what}, row {r}: found lists among numbers, wanted rows of numbers")
        if len(row) != columns:
            raise GridError(
                f"{what}, row {r}: found {counted(len(row), 'number')}, wanted {columns} as in row 1"
            )
