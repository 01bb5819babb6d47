"""The cells of a layer as an image of one pixel a cell."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from nnviz.engine.ops.base import Array
from nnviz.ui.picture.maps_parts import Tone
from nnviz.ui.picture.overview import Thumbnail
from nnviz.ui.style import Colors, mixed

STEPS = 127  # shades to either side of zero
TRANSPARENT = 0  # the place in the table of what is not computed


def image_of(thumbnail: Thumbnail, colors: Colors) -> QImage:
    """All planes under each other; what is not computed is transparent."""
    values = thumbnail.values.array
    columns = values.shape[-1] if values.ndim == 3 else 1
    return shaded(values.reshape(-1, columns), thumbnail.largest, thumbnail.tone, colors)


def shaded(values: Array, largest: float, tone: Tone, colors: Colors) -> QImage:
    """Rows and columns of numbers as pixels; `largest` is the end of the scale."""
    columns = values.shape[1]
    pixels = _shades(colors, tone)[_places(values, largest, tone)]
    rows = pixels.shape[0]
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32).copy()


def _places(values: Array, largest: float, tone: Tone) -> NDArray[np.uint8]:
    """The place of every cell in the table of shades."""
    with np.errstate(invalid="ignore", over="ignore"):
        low = -STEPS if tone is Tone.SIGNED else 0
        shares = np.clip(np.rint(values * (STEPS / largest)), low, STEPS)
        shares += STEPS + 1
        return np.where(np.isnan(shares), TRANSPARENT, shares).astype(np.uint8)


@lru_cache(maxsize=8)
def _shades(colors: Colors, tone: Tone) -> NDArray[np.uint32]:
    """Every shade from the largest negative to the largest positive value, after the transparent one."""
    table = np.zeros(2 * STEPS + 2, dtype=np.uint32)
    for step in range(-STEPS, STEPS + 1):
        table[step + STEPS + 1] = _shade(colors, tone, step / STEPS).rgba()
    return table


def _shade(colors: Colors, tone: Tone, share: float) -> QColor:
    if tone is Tone.GRAY:
        return mixed(QColor(colors.canvas), QColor(colors.text), max(0.0, share))
    return colors.diverging_cell(share, 1.0, with_number=False)
