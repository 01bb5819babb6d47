"""How much of a number fits into a cell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.numbers import show

LARGEST_TYPE, LEAST_TYPE = 16.0, 12.0
DIGIT, POINT, LETTER = 0.67, 0.29, 0.6  # widths in the interface font, semibold, in its size
SIDE = 2.5  # between figures and the border of a cell
SMALLEST_TYPE = 10.0  # of a number that is longer than the others
MOST_SMALL = 0.2  # of the numbers may need smaller type
ROOMY, LARGE = 40.0, 48.0  # cells from these widths on have more room around their numbers


@dataclass(frozen=True, slots=True)
class Figures:
    """Size of type and decimals for the numbers of a grid."""

    pixels: float
    decimals: int


def width_of(text: str) -> float:
    """The width of a number, in sizes of its type."""
    return sum(POINT if c in ".," else LETTER if c == "e" else DIGIT for c in text)


def figures_for(
    values: NDArray[np.float64], cell: tuple[float, float], digits: int, decimals: int | None
) -> Figures | None:
    """The most decimals with which all numbers fit into cells of a size; None where they do not.

    `decimals` is the count that data was written with. Computed numbers show at least one decimal. A few may
    be too long for the type of the others: they get smaller type, or are left away.
    """
    known = values[np.isfinite(values)]
    most, fewest = (digits, min(1, digits)) if decimals is None else (min(decimals, digits),) * 2
    ends = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    for margin, least in _margins(cell):
        room = cell[0] - 2 * margin
        if cell[1] < least + 4 or room < least * DIGIT:
            continue
        for places in range(most, fewest - 1, -1):
            widest = max(width_of(_fixed(value, places)) for value in ends)
            if room / widest >= least:
                pixels = min(LARGEST_TYPE, room / widest, max(0.38 * cell[1], least))
                return _legible(Figures(pixels, places), known, cell[0], digits)
    if cell[1] < LEAST_TYPE + 4 or not known.size:
        return None
    return _legible(Figures(LEAST_TYPE, fewest), known, cell[0], digits)


def _margins(cell: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Room at each side of a number and the least type for it, the comfortable choice first."""
    close = (SIDE, LEAST_TYPE)
    if min(cell) < ROOMY:
        return (close,)
    return ((SIDE + 4, LEAST_TYPE + 1) if min(cell) >= LARGE else (SIDE + 1.5, LEAST_TYPE), close)


def _legible(found: Figures, known: NDArray[np.float64], wide: float, digits: int) -> Figures | None:
    """The same, if with it or with the least type nearly all numbers can be read."""
    for figures in (found, Figures(LEAST_TYPE, found.decimals)):
        texts = [text_for(float(value), figures, wide, digits) for value in known if value]
        small = sum(pixels < LEAST_TYPE - 0.1 for _, pixels in texts)
        if small <= MOST_SMALL * len(texts):
            return figures
    return None


def _fixed(value: float, places: int) -> str:
    """A number with so many decimals, even where they are all zeros."""
    text = show(value, places, places)
    return show(math.copysign(1.0, value), places, places) if "e" in text and abs(value) < 1 else text


def text_for(value: float, figures: Figures, wide: float, digits: int) -> tuple[str, float]:
    """A number as it stands in a cell so wide, and its type; empty where what fits would mislead."""
    if value == 0:
        return "0", figures.pixels
    for places in range(figures.decimals, max(digits, figures.decimals) + 1):
        text = show(value, places, places)
        if "e" not in text or abs(value) > 1:
            pixels = min(figures.pixels, (wide - 2) / width_of(text))
            return (text, pixels) if pixels >= SMALLEST_TYPE else ("", 0.0)
    return "", 0.0
