"""Rounding that must decide nothing: when two numbers count as equal, and a sum as 0.

0.1 + 0.2 − 0.3 is 5.6e−17 in binary floating point and 0 on paper. A sum of at most `UNITS` units in the last
place of its largest term is 0, and two numbers that far apart are equal, wherever something is decided: at a
kink or a threshold, between equals, about a sign, and where a number is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import NOISE, TINY, Array


def is_level(a: Any, b: Any) -> Any:
    """Whether two numbers are equal but for rounding."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞
        apart = np.abs(np.subtract(a, b))
        return (apart <= NOISE * np.maximum(np.abs(a), np.abs(b))) & (apart < np.inf)


def is_below(a: Any, b: Any) -> Any:
    """Whether a < b by more than rounding."""
    return np.less(a, b) & ~is_level(a, b)


def reach(largest: Array) -> Array:
    """What a number must be at least to count as equal to the largest one."""
    return np.minimum(largest * (1.0 - NOISE), largest * (1.0 + NOISE))


def summed(terms: Sequence[float]) -> float:
    """A sum from the left, 0 where it is nothing but rounding."""
    result = sum(terms)
    largest = max(map(abs, terms), default=0.0)
    return 0.0 if abs(result) < TINY and abs(result) <= NOISE * largest else result


def first_largest(rows: Array) -> NDArray[np.intp]:
    """The place of the largest number of each row, of equals the first."""
    return np.asarray((rows >= reach(rows.max(axis=1, keepdims=True))).argmax(axis=1))


def place_of_largest(numbers: Array) -> int:
    """The place of the largest number, of equals the first."""
    return int(first_largest(np.reshape(numbers, (1, -1)))[0])
