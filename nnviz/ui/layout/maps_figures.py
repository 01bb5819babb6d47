"""How much of a number fits into a cell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.numbers import own_decimals, scientific, show

LARGEST_TYPE, LEAST_TYPE = 16.0, 12.0
DIGIT, POINT, LETTER = 0.67, 0.29, 0.6  # widths in the interface font, semibold, in its size
SIDE = 2.5  # between figures and the border of a cell
SMALLEST_TYPE = 9.0  # of a number that is longer than the others
TIGHT_TYPE = 10.5  # of all numbers, where they would lose a second decimal with larger type
MOST_SMALL = 5  # one number of so many may need smaller type
FEW = 4  # of fewer numbers none may
ROOMY, LARGE = 40.0, 48.0  # cells from these widths on have more room around their numbers
MANY, AIRY = 16, 5.0  # from so many numbers on more decimals than wanted need so much room at each side
WANTED = 2  # decimals of computed numbers; one is enough only where it tells them apart

Numbers = NDArray[np.float64]
Choice = tuple[int, float, float]  # decimals, the least type for them, and the least room at each side


@dataclass(frozen=True, slots=True)
class Figures:
    """Size of type and decimals for the numbers of a panel; data shows more decimals where it has them."""

    pixels: float
    decimals: int
    is_data: bool = False


def width_of(text: str) -> float:
    """The width of a number, in sizes of its type."""
    return sum(POINT if c in ".," else LETTER if c == "e" else DIGIT for c in text)


def figures_for(
    values: Numbers, cell: tuple[float, float], digits: int, decimals: int | None
) -> Figures | None:
    """The most decimals with which all numbers fit into cells of a size; None where they do not.

    All of them get the same decimals: `decimals` is the count that data was written with, computed numbers
    show as many as they need, at least two, or one if that tells them apart. A few may be too long for the
    type of the others: they get smaller type, or are written in fewer characters.
    """
    known = np.unique(values[np.isfinite(values)])
    levels = _levels(cell)
    if not levels:
        return None
    if not known.any():
        return Figures(min(LARGEST_TYPE, max(0.38 * cell[1], LEAST_TYPE)), 0)
    few = max(1, known.size // MOST_SMALL) if values.size >= FEW else 0
    choices = _of_data(known, digits, decimals) if decimals is not None else _of_computed(known, digits)
    for exceptions, (places, least, room), (margin, smallest) in product((0, few), choices, levels):
        found = _fitting(known, places, cell[0] - 2 * max(margin, room), exceptions)
        if found >= max(smallest, least):
            pixels = min(LARGEST_TYPE, found, max(0.38 * cell[1], smallest))
            return Figures(pixels, places, decimals is not None and places != WANTED)
    return None


def _levels(cell: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Room at each side of a number and the least type for it, the comfortable choice first."""
    if cell[1] < LEAST_TYPE + 4:
        return ()
    close, tight = (SIDE, LEAST_TYPE), (1.0, TIGHT_TYPE)
    if min(cell) < ROOMY:
        return close, tight
    return ((SIDE + 4, LEAST_TYPE + 1) if min(cell) >= LARGE else (SIDE + 1.5, LEAST_TYPE), close, tight)


def _of_computed(known: Numbers, digits: int) -> Iterator[Choice]:
    """Decimals for computed numbers, the best choice first; many numbers with many decimals need room."""
    room = AIRY if known.size > MANY else 0.0
    with np.errstate(over="ignore"):  # what is about to overflow has no decimals to round
        exact = own_decimals(np.round(known, 9), digits)
    most = digits if exact is None else min(max(exact, WANTED), digits)
    apart = next((n for n in range(digits) if _distinct(known, n) >= _distinct(known, digits)), digits)
    for places in range(most, max(apart, WANTED) - 1, -1):
        yield places, LEAST_TYPE, room if places > WANTED else 0.0
    for places in range(min(most, apart), WANTED - 1, -1):
        yield places, LEAST_TYPE, room if places > WANTED else 0.0
    yield min(WANTED, digits), TIGHT_TYPE, 0.0
    if apart <= 1:
        yield min(1, digits), LEAST_TYPE, 0.0


def _distinct(known: Numbers, places: int) -> int:
    with np.errstate(over="ignore"):
        return np.unique(np.round(known, places)).size


def _of_data(known: Numbers, digits: int, decimals: int) -> Iterator[Choice]:
    """The decimals of data; then those that all but a few of its numbers have; then rounded ones."""
    most = min(decimals, digits)
    few = max(1, known.size // MOST_SMALL)
    yield most, LEAST_TYPE, 0.0
    with np.errstate(over="ignore"):
        for places in range(most - 1, -1, -1):
            if np.count_nonzero(np.round(known, places) != known) <= few:
                yield places, LEAST_TYPE, 0.0
    if most > WANTED:
        yield WANTED, TIGHT_TYPE, 0.0


def _fitting(known: Numbers, places: int, wide: float, exceptions: int) -> float:
    """The type with which all but some exceptions fit into a width."""
    widths = sorted((width_of(_plain(value, places)) for value in known.tolist() if value), reverse=True)
    return wide / widths[min(exceptions, len(widths) - 1)]


def _plain(value: float, places: int) -> str:
    """A number with so many decimals; in scientific notation what would look like zero."""
    text = show(value, places, places)
    return scientific(value, 0) if "e" in text and abs(value) < 1 else text


def text_for(value: float, figures: Figures, wide: float, digits: int) -> tuple[str, float]:
    """A number as it stands in a cell so wide, and its type; empty where what fits would mislead."""
    if value == 0:
        return "0", figures.pixels
    for text in _ways(value, figures, digits):
        pixels = min(figures.pixels, (wide - 2) / width_of(text))
        if pixels >= SMALLEST_TYPE:
            return text, pixels
    return "", 0.0


@lru_cache(maxsize=4096)
def _ways(value: float, figures: Figures, digits: int) -> tuple[str, ...]:
    """How a number can be written, the most exact way first."""
    places = figures.decimals
    if not math.isfinite(value):
        return (show(value),)
    own = own_decimals([value], digits) if figures.is_data else places
    own = digits if own is None else own
    found = [_plain(value, n) for n in range(max(own, places), places - 1, -1)]
    if abs(value) >= 1:
        found += [show(value, n, n) for n in range(places - 1, -1, -1)]
    return tuple(dict.fromkeys((*found, scientific(value, 1), scientific(value, 0))))
