"""The sketch of an activation function, drawn from the function itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnviz.engine.ops.base import Elementwise
from nnviz.engine.ops.dropout import Dropped
from nnviz.ui.layout.geometry import as_share

REACH = 4.0  # the sketch shows z from −REACH to REACH
SAMPLES = 97
SMALL = 0.01  # a slope below this share of the steepest counts as flat


@dataclass(frozen=True, slots=True)
class Sketch:
    """A curve in the unit square, y upward, and what its slope says about the function.

    `saturates`: flat at both ends. `can_die`: flat at one end, where nothing passes back at all.
    """

    points: tuple[tuple[float, float], ...]
    low: float
    high: float
    steepest: float
    saturates: bool
    can_die: bool

    def operating_point(self, z: float, a: float) -> tuple[float, float] | None:
        """Where a neuron is on the curve; at the border where it lies beyond it.

        What is not a number, after an overflow, is nowhere.
        """
        if math.isnan(z) or math.isnan(a):
            return None
        return as_share((z + REACH) / (2 * REACH)), as_share((a - self.low) / (self.high - self.low))

    def slope_in_square(self, slope: float) -> float:
        """A slope dφ/dz as a slope in the unit square."""
        return slope * 2 * REACH / (self.high - self.low)

    @property
    def flat_below(self) -> float:
        """A unit whose slope is smaller counts as saturated; 0 where the function does not saturate."""
        return SMALL * self.steepest if self.saturates else 0.0

    def is_flat(self, slope: float) -> bool:
        return abs(slope) < self.flat_below


@lru_cache(maxsize=64)
def sketch_of(op: Elementwise) -> Sketch:
    """φ over −REACH … REACH, by the op's own forward and derivative, as if nothing were dropped."""
    if isinstance(op, Dropped):
        return sketch_of(op.function)
    z = np.linspace(-REACH, REACH, SAMPLES)
    y = np.asarray(op.forward(z), dtype=float)
    slopes = np.abs(np.asarray(op.derivative(y, z), dtype=float))
    low, high = float(y.min()), float(y.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    steepest = float(slopes.max())
    xs, ys = (z + REACH) / (2 * REACH), (y - low) / (high - low)
    points = tuple(zip(xs.tolist(), ys.tolist(), strict=True))
    left, right = float(slopes[0]), float(slopes[-1])
    flat = [s < 0.1 * steepest for s in (left, right)]
    return Sketch(points, low, high, steepest, all(flat), left == 0.0 < right)
