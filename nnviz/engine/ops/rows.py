"""Sums and maxima over the units of every example, in the form that numpy computes quickly.

A reduction over an axis and a column spread over a matrix cost several times what their arithmetic does; a
product and a look-up do not.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array, Cell

FEW = 64  # units: beyond, a product with a square of ones is too much arithmetic


@lru_cache(maxsize=64)
def ones(shape: Cell) -> Array:
    """An array of ones, read-only: a product with it is a sum."""
    array = np.ones(shape)
    array.flags.writeable = False
    return array


def row_sums(x: Array) -> Array:
    """Σ over each row of (N, n), beside each of its numbers or as a column: (N, n) or (N, 1)."""
    units = x.shape[1]
    sums: Array = x.dot(ones((units, units if units <= FEW else 1)))
    return sums


def row_maxima(x: Array) -> Array:
    """The largest number of each row of (N, n), as a column; NaN where there is one."""
    places = x.argmax(axis=1)
    places += _starts(x.shape)
    maxima: Array = x.take(places)[:, None]
    return maxima


@lru_cache(maxsize=64)
def _starts(shape: Cell) -> NDArray[np.intp]:
    """Where each row begins, counted through all numbers."""
    starts = np.arange(shape[0]) * shape[1]
    starts.flags.writeable = False
    return starts
