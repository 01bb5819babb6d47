"""The error over two weights as a picture: the higher the fuller the color, with contour lines."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from nnviz.ui import style
from nnviz.ui.tabs.error.weight_range import Numbers, enlarged, levels_of, tones
from nnviz.ui.tabs.error.work import Surface

FULLEST = {
    False: 0.62,
    True: 0.58,
}  # share of the hue at the highest place
LINE_ALPHA, LINE_WIDTH = 0.55, 1.0
SHADES = 256


def picture_of(surface: Surface, columns: int, rows: int, scale: float) -> QImage:
    """A surface in so many pixels; its first row is the top."""
    levels = levels_of(surface.heights)
    tone = enlarged(tones(surface.heights, levels), rows, columns)[::-1]
    share = tone / (len(levels) + 1)
    colored = _shades()[np.clip((share * (SHADES - 1)).round().astype(int), 0, SHADES - 1)]
    alpha = LINE_ALPHA * _lines(tone, len(levels), LINE_WIDTH * scale)[..., None]
    pixels = np.empty((rows, columns, 4), dtype=np.uint8)
    pixels[..., :3] = np.round(colored + (_rgb(style.colors().outline) - colored) * alpha)
    pixels[..., 3] = 255
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888).copy()
    image.setDevicePixelRatio(scale)
    return image


def _lines(tone: Numbers, levels: int, width: float) -> Numbers:
    """How much of each pixel a contour line covers: its distance from the level over the slope there."""
    if min(tone.shape) < 2 or not levels:
        return np.zeros(tone.shape)
    nearest = np.clip(np.round(tone), 1, levels)
    slope = np.hypot(*np.gradient(tone))
    distance = np.abs(tone - nearest) / np.maximum(slope, 1e-12)
    return np.clip(0.5 + 0.5 * width - distance, 0.0, 1.0)


def _shades() -> Numbers:
    """From the color of the panel to that of a loss curve, (256, 3)."""
    c = style.colors()
    low, high = _rgb(c.panel), _rgb(c.training)
    return low + (high - low) * np.linspace(0.0, FULLEST[c.is_dark], SHADES)[:, None]


def _rgb(color: str) -> Numbers:
    one = QColor(color)
    return np.array([one.red(), one.green(), one.blue()], dtype=float)
