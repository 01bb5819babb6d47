"""What drawing does to the pixels of an image: strokes of a pen or an eraser, and shifts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array, Cell

NO_STROKE = -1  # in place of its number, where the whole image is changed
SOFT_FROM = 16  # images of so many rows and columns are drawn on with a soft pen
HARD = np.ones((1, 1))
SOFT = np.array([[0.3, 0.6, 0.3], [0.6, 1.0, 0.6], [0.3, 0.6, 0.3]])
RUBBER = np.ones((3, 3))

Values = tuple[tuple[Cell, float], ...]


class Scratch(NamedTuple):
    """A drawing that is not in the data, and the example on whose image it was begun."""

    example: int
    image: Array


class Stroke:
    """One line drawn on a channel of an image (channel, row, column) without letting go.

    The pen only adds ink, up to `high`, and the eraser puts the background `low` in its place. `image` is the
    image as it is after what is drawn so far; `number` tells strokes apart.
    """

    def __init__(
        self, number: int, image: Array, channel: int, ends: tuple[float, float], erases: bool
    ) -> None:
        self.number = number
        self.image = image.copy()
        self.channel = channel
        self._before = image.copy()
        self._low, self._high = ends
        self._erases = erases
        self._tip = _tip_for(image.shape, erases)
        self._last: tuple[int, int] | None = None

    def to(self, row: int, column: int) -> bool:
        """Draw on to a pixel, which may lie outside of the image; whether anything changed."""
        was = self.image[self.channel].copy()
        for place in _line(self._last or (row, column), (row, column)):
            self._dab(*place)
        self._last = (row, column)
        return not np.array_equal(was, self.image[self.channel])

    @property
    def values(self) -> Values:
        """Every pixel that differs from before the stroke, and what it is now."""
        return differences(self._before, self.image)

    def _dab(self, row: int, column: int) -> None:
        """One touch with the tip around a pixel."""
        reach = len(self._tip) // 2
        _, rows, columns = self.image.shape
        top, left = max(0, row - reach), max(0, column - reach)
        bottom, right = min(rows, row + reach + 1), min(columns, column + reach + 1)
        if top >= bottom or left >= right:
            return
        under = self.image[self.channel, top:bottom, left:right]
        tip = self._tip[
            top - row + reach : bottom - row + reach, left - column + reach : right - column + reach
        ]
        under[:] = self._low if self._erases else np.maximum(under, self._ink(tip))

    def _ink(self, tip: NDArray[np.float64]) -> Array:
        ink: Array = np.where(tip == 1, self._high, self._low + (self._high - self._low) * tip)
        return ink


def _tip_for(shape: Cell, erases: bool) -> NDArray[np.float64]:
    """The pen for an image: soft on large ones, as handwriting is, and a single pixel on small ones."""
    if min(shape[1:]) < SOFT_FROM:
        return HARD
    return RUBBER if erases else SOFT


def _line(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """The pixels on the way from one to another, so that a fast mouse leaves no gaps."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    rows = np.rint(np.linspace(start[0], end[0], steps + 1)).astype(int)
    columns = np.rint(np.linspace(start[1], end[1], steps + 1)).astype(int)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True)]


def shifted(image: Array, down: int, right: int, background: float) -> Array:
    """The image moved by whole pixels: what leaves is lost, and background comes in."""
    result = np.full_like(image, background)
    _, rows, columns = image.shape
    to_rows, from_rows = _overlap(down, rows)
    to_columns, from_columns = _overlap(right, columns)
    result[:, to_rows, to_columns] = image[:, from_rows, from_columns]
    return result


def _overlap(by: int, length: int) -> tuple[slice, slice]:
    """Where what stays lies after and before a move."""
    by = max(-length, min(by, length))
    return slice(max(by, 0), length + min(by, 0)), slice(max(-by, 0), length - max(by, 0))


def differences(before: Array, after: Array) -> Values:
    """The cells in which two images differ, with what the second has there."""
    cells = np.argwhere(before != after)
    return tuple((tuple(map(int, cell)), float(after[tuple(cell)])) for cell in cells)
