"""The colors of all cells of a grid at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from nnviz.ui import style
from nnviz.ui.picture.maps_parts import Grid, Tone

WITHOUT_NUMBERS = 0.92

LARGEST = 1e100  # of a run that overflows; all beyond has the same color

Colors = NDArray[np.float64]  # (rows, columns, 3), from 0 to 255


def cell_colors(grid: Grid, with_numbers: bool) -> Colors:
    """Red, green and blue of every cell; what is not computed has the color of zero."""
    c = style.colors()
    values = np.clip(np.nan_to_num(grid.values.array), -LARGEST, LARGEST)
    if grid.tone is Tone.GRAY:
        low, high = _rgb(c.canvas), _rgb(c.text)
        return low + (high - low) * np.clip(values / grid.largest, 0, 1)[..., None]
    shares = np.minimum(np.abs(values) / grid.largest, 1) ** 0.8
    shares *= c.diverging_limit if with_numbers else WITHOUT_NUMBERS
    negative, zero, positive = map(_rgb, c.diverging)
    ends = np.where((values < 0)[..., None], negative, positive)
    return zero + (ends - zero) * shares[..., None]


def image_of(grid: Grid, colors: Colors) -> QImage:
    """One pixel a cell; what is not computed is transparent."""
    rows, columns = grid.values.array.shape
    pixels = np.empty((rows, columns, 4), dtype=np.uint8)
    pixels[..., :3] = np.rint(colors[..., ::-1])
    pixels[..., 3] = 255
    pixels[~np.isfinite(grid.values.array)] = 0
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, form).copy()  # a copy owns its pixels


def inks_on(colors: Colors) -> list[list[QColor]]:
    """The color of every number: the one of dark and light that stands out more from its cell."""
    c = style.colors()
    inks = (QColor(c.text), QColor(c.canvas))
    lightness = _luminance(colors)
    of_text, of_canvas = (_contrast(lightness, _luminance(_rgb(one))) for one in (c.text, c.canvas))
    return [[inks[i] for i in row] for row in (of_canvas > of_text).astype(int).tolist()]


@lru_cache(maxsize=256)
def _rgb(color: str) -> Colors:
    one = QColor(color)
    return np.array([one.red(), one.green(), one.blue()], dtype=np.float64)


def _luminance(colors: Colors) -> Colors:
    """Relative luminance after WCAG 2."""
    parts = colors / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _contrast(one: Colors, other: Colors) -> Colors:
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
