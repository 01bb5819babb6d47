"""How a quantity is spread: its statistics, and its density along an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from nnviz.engine.ops.base import Array

BINS = 96
LEAST_WIDTH = 0.012  # of the smoothing kernel, as a share of the range
REACH = 3.0  # the kernel ends after so many of its deviations
FAR_APART = 30.0  # what differs by a larger factor cannot be read on one linear axis
NEAR = 1 / 8  # of the smallest layer: up to there a logarithmic axis is about linear
DEEPEST = 1e-8  # a logarithmic axis goes no further down than this share of the largest number
TINY = 1e-300  # ranges that cannot be divided
STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """Statistics of numbers: how many, mean, median, standard deviation (divided by n), smallest, largest.

    `odd` counts those that are infinite or not a number; they are left out of the rest.
    """

    count: int
    mean: float
    median: float
    deviation: float
    low: float
    high: float
    odd: int = 0

    @property
    def largest(self) -> float:
        """The largest absolute value."""
        return max(abs(self.low), abs(self.high))

    @property
    def width(self) -> float:
        """From the smallest number to the largest."""
        return self.high - self.low


def spread_of(values: Array) -> Spread | None:
    """The statistics of numbers of any shape; None where there is not one finite number.

    >>> spread_of(np.array([1.0, 2.0, 6.0]))
    Spread(count=3, mean=3.0, median=2.0, deviation=2.160246899469287, low=1.0, high=6.0, odd=0)
    """
    flat = np.ravel(values)
    low, high = (float(flat.min()), float(flat.max())) if flat.size else (math.nan, math.nan)
    odd = 0
    if not (math.isfinite(low) and math.isfinite(high)):  # NaN is handed on by min and max
        finite = flat[np.isfinite(flat)]
        odd = flat.size - finite.size
        if not finite.size:
            return None
        flat, low, high = finite, float(finite.min()), float(finite.max())
    unit = max(abs(low), abs(high)) or 1.0  # squares of the numbers themselves could overflow
    scaled = flat / unit
    mean, deviation = float(scaled.mean()) * unit, float(scaled.std()) * unit
    return Spread(flat.size, mean, _median(flat), deviation, low, high, odd)


def _median(flat: Array) -> float:
    """The middle number, or the mean of the two in the middle (np.median costs five times as much)."""
    middle = flat.size // 2
    if flat.size % 2:
        return float(np.partition(flat, middle)[middle])
    below, above = np.partition(flat, (middle - 1, middle))[middle - 1 : middle + 1]
    return float(below / 2 + above / 2)


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis from `low` to `high`; `place` says where on it, from 0 to 1, a number stands.

    With a threshold c it is symmetric-logarithmic: asinh(x/c) is linear in x around zero, and log|2x/c| with
    its sign far from it.
    """

    low: float
    high: float
    threshold: float = 0.0

    @property
    def is_logarithmic(self) -> bool:
        return self.threshold > 0

    def place(self, values: Array | float) -> Array:
        low, high = (self._stretched(np.asarray(end)) for end in (self.low, self.high))
        stretched = self._stretched(np.asarray(values, dtype=np.float64))
        places: Array = (stretched - low) / (high - low)
        return places

    def value(self, place: float) -> float:
        """The number at a place: the inverse of `place`."""
        low, high = (float(self._stretched(np.asarray(end))) for end in (self.low, self.high))
        at = low + place * (high - low)
        return math.sinh(at) * self.threshold if self.threshold else at * self._unit

    def ticks(self) -> tuple[float, ...]:
        """Ends and zero; on a logarithmic axis the powers of ten between them, too."""
        ends = [self.low, self.high]
        if not self.is_logarithmic:
            return tuple(sorted({*ends, 0.0}))
        first = math.ceil(math.log10(self.threshold) - 1e-9)
        last = math.floor(math.log10(max(map(abs, ends))) + 1e-9)
        powers = [10.0**k for k in range(first, last + 1)]
        signed = [0.0, *powers, *(-p for p in powers)]
        return tuple(sorted(x for x in signed if self.low <= x <= self.high))

    @property
    def _unit(self) -> float:
        """Keeps the difference of the ends finite."""
        return max(abs(self.low), abs(self.high))

    def _stretched(self, values: Array) -> Array:
        return np.arcsinh(values / self.threshold) if self.threshold else values / self._unit


def axis_of(spreads: Iterable[Spread], logarithmic: bool = False) -> Axis:
    """An axis on which all of them have room: from zero, or symmetric where there are both signs."""
    all_of = tuple(spreads)
    low, high = min(s.low for s in all_of), max(s.high for s in all_of)
    if low == high == 0.0:
        return Axis(-1.0, 1.0)
    most = rounded_up(max(abs(low), abs(high)))
    ends = (0.0 if low >= 0 else -most, 0.0 if high <= 0 else most)
    if not logarithmic:
        return Axis(*ends)
    smallest = min(s.largest for s in all_of if s.largest > 0)
    return Axis(*ends, threshold=max(NEAR * smallest, DEEPEST * most))


def are_far_apart(spreads: Iterable[Spread]) -> bool:
    """Whether some numbers are so much larger than others that these are a line on a linear axis."""
    sizes = [s.largest for s in spreads if s.largest > 0]
    return bool(sizes) and max(sizes) > FAR_APART * min(sizes)


def rounded_up(value: float) -> float:
    """The next number with two digits at most that an axis may well end with, for a number above 0.

    >>> rounded_up(0.0143), rounded_up(7.4)
    (0.015, 8.0)
    """
    exponent = math.floor(math.log10(value))
    if not -300 < exponent < 300:
        return value
    step = next((s for s in STEPS if s * 10.0**exponent >= value * (1 - 1e-12)), STEPS[-1])
    return float(f"{step}e{exponent}")


@dataclass(frozen=True, eq=False, slots=True)
class Density:
    """How often numbers occur: `heights`, the highest 1, at `values` from the smallest to the largest."""

    values: Array
    heights: Array


def density_of(values: Array, spread: Spread) -> Density:
    """Counts in equal parts of the range, smoothed with a Gaussian kernel.

    The kernel is as wide as Silverman's rule has it, 0.9·σ·n^(−1/5). Nothing is smoothed beyond the smallest
    and the largest number, so that a violin ends where its numbers end.
    """
    edges, counts = histogram_of(values, spread, BINS)
    if len(counts) == 1:
        return Density(edges, np.ones(2))
    step = 1.0 / BINS
    share = spread.deviation / spread.width if spread.width else 0.0
    kernel = _kernel(max(0.9 * share * spread.count**-0.2, LEAST_WIDTH) / step)
    heights = np.convolve(counts, kernel, mode="same")
    return Density(edges[:-1] / 2 + edges[1:] / 2, heights / heights.max())


def histogram_of(values: Array, spread: Spread, bins: int) -> tuple[Array, Array]:
    """The edges of equal parts of the range, and how many numbers lie in each; one part if all are equal."""
    if not spread.width > bins * TINY or not math.isfinite(spread.width):
        return np.array([spread.low, spread.high]), np.array([float(spread.count)])
    flat = np.ravel(values)
    if spread.count < flat.size:
        flat = flat[np.isfinite(flat)]
    cells = ((flat - spread.low) * (bins / spread.width)).astype(np.intp)
    counts = np.bincount(np.minimum(cells, bins - 1), minlength=bins).astype(np.float64)
    return np.linspace(spread.low, spread.high, bins + 1), counts


def _kernel(width: float) -> Array:
    """A Gaussian of this many bins, over as many as the range has at most."""
    half = min(math.ceil(REACH * width), BINS // 2 - 1)
    at = np.arange(-half, half + 1) / width
    kernel: Array = np.exp(-0.5 * at * at)
    return kernel
