"""Start values of parameters. All randomness comes from the seed of the lesson."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from nnviz.engine.ops.base import Array, Cell

if TYPE_CHECKING:  # numpy.random is slow to import, and most lessons list their weights
    Initializer: TypeAlias = Callable[[np.random.Generator, Cell], Array]


def constant(value: float) -> Initializer:
    """Every weight the same number."""
    return lambda random, shape: np.full(shape, value)


def uniform(low: float, high: float) -> Initializer:
    """w ~ U[low, high): the notes start their networks from [−0.5, 0.5]."""
    return lambda random, shape: random.uniform(low, high, shape)


def normal(mean: float, deviation: float) -> Initializer:
    """w ~ N(mean, deviation²)."""
    return lambda random, shape: random.normal(mean, abs(deviation), shape)


def he() -> Initializer:
    """w ~ N(0, 2 / n_in): rectifiers keep the size of activations from layer to layer (He et al. 2015)."""
    return lambda random, shape: random.normal(0.0, math.sqrt(2 / fans(shape)[0]), shape)


def xavier() -> Initializer:
    """w ~ N(0, 2 / (n_in + n_out)), for units that are linear around zero (Glorot and Bengio 2010)."""
    return lambda random, shape: random.normal(0.0, math.sqrt(2 / sum(fans(shape))), shape)


def fans(shape: Cell) -> tuple[int, int]:
    """(n_in, n_out): how many weights lead into a unit, and how many out of one.

    Weights are (units, inputs) or (filters, channels, rows, columns). A cell that a filter reads leads to as
    many cells of its map as the filter has weights for one channel.
    """
    taps = math.prod(shape[2:])
    return math.prod(shape[1:]), shape[0] * taps
