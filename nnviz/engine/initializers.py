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
    """w ~ N(0, 2 / n_in): rectifiers keep the size of activations from layer to layer (He et al. 2015).

    Equation 69 of the notes: the 2 makes up for the half of all sums that a rectifier sets to 0.
    """
    return lambda random, shape: random.normal(0.0, math.sqrt(2 / fans(shape)[0]), shape)


def xavier() -> Initializer:
    """w ~ N(0, 2 / (n_in + n_out)), for units that are linear around zero (Glorot and Bengio 2010).

    Equation 67 of the notes: a compromise between sums that keep their size on the way forward, which asks
    for 1 / n_in, and errors that keep theirs on the way back, which asks for 1 / n_out.
    """
    return lambda random, shape: random.normal(0.0, math.sqrt(2 / sum(fans(shape))), shape)


def xavier_in() -> Initializer:
    """w ~ N(0, 1 / n_in): the variance of z is that of the inputs (LeCun et al. 1998; equation 68)."""
    return lambda random, shape: random.normal(0.0, math.sqrt(1 / fans(shape)[0]), shape)


def glorot_uniform() -> Initializer:
    """w ~ U[−b, b) with b = √6 / √(n_in + n_out), whose variance is that of `xavier`, b²/3.

    Equation 16 of Glorot and Bengio (2010), who call it the normalized initialization.
    """

    def draw(random: np.random.Generator, shape: Cell) -> Array:
        bound = math.sqrt(6 / sum(fans(shape)))
        return random.uniform(-bound, bound, shape)

    return draw


def blend(is_first: bool) -> Initializer:
    """`xavier_in` for the first layer, whose inputs no rectifier has cut off, `he` for the later ones.

    Equation 70 of the notes.
    """
    return xavier_in() if is_first else he()


def fans(shape: Cell) -> tuple[int, int]:
    """(n_in, n_out): how many weights lead into a unit, and how many out of one.

    Weights are (units, inputs) or (filters, channels, rows, columns). A cell that a filter reads leads to as
    many cells of its map as the filter has weights for one channel.
    """
    taps = math.prod(shape[2:])
    return math.prod(shape[1:]), shape[0] * taps
