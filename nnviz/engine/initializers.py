"""Start values of parameters. All randomness comes from the seed of the lesson."""

from __future__ import annotations

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
