"""What a picture of the error over one or two weights shows: its range, contour levels and ticks. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

HALF_SPAN = 1.0  # at least, of a range around a single place
ROOM = 1.0  # of its span that a range is wider than the path
LINEAR_STEPS = 6  # levels of equal distance, from the lowest place to the highest
DECADES = 3  # levels below the first of them, ever closer to the lowest place
BORDER = 0.06  # of a range, where the path does not go before it is made wider
LONGEST = 4.0  # how much longer one side of a range may be than the other
LARGEST = 1e300  # end of a range: between larger ones no distance is a number
FINEST, SMALLEST = 1e-9, 1e-12  # span, as a share of its ends and in any case: what pixels can tell apart


@dataclass(frozen=True)
class Range:
    """From `low` to `high` along one axis."""

    low: float
    high: float

    @property
    def span(self) -> float:
        return self.high - self.low

    @property
    def is_drawable(self) -> bool:
        """Whether its pixels are numbers that differ."""
        far = max(abs(self.low), abs(self.high))
        return far <= LARGEST and self.span >= max(FINEST * far, SMALLEST)

    def zoomed(self, factor: float, about: float | None = None) -> Range:
        """Wider by a factor, or narrower below 1; what is at `about` stays where it is."""
        fixed = 0.5 * (self.low + self.high) if about is None else about
        return Range(fixed + (self.low - fixed) * factor, fixed + (self.high - fixed) * factor)

    def holds(self, values: Numbers) -> bool:
        """Whether values lie inside, and not at the very border."""
        room = BORDER * self.span
        return bool((values >= self.low + room).all() and (values <= self.high - room).all())

    def steps(self, count: int) -> Numbers:
        """So many places of equal distance, both ends among them."""
        return np.linspace(self.low, self.high, count)


def fitted(values: Numbers, is_close: bool = False) -> tuple[Range, ...]:
    """A range with room around for each column of a path (m, k); none is much shorter than another.

    Unless it `is_close`, it is wide enough to reach from the place to 0 and as far to the other side. What
    has overflowed is left out.
    """
    values = np.clip(values[np.isfinite(values).all(axis=1)], -LARGEST / 4, LARGEST / 4)
    if not len(values):
        return (Range(-HALF_SPAN, HALF_SPAN),) * values.shape[1]
    low, high = values.min(axis=0), values.max(axis=0)
    span = (high - low) * (1.0 + ROOM)
    if not is_close or span.max() <= 0:
        span = np.maximum(span, 2.0 * max(HALF_SPAN, 1.1 * float(np.abs(values[-1]).max())))
    least = max(float(span.max()) / LONGEST, 4 * FINEST * float(np.abs(values).max()), SMALLEST)
    span = np.maximum(span, least)
    middle = 0.5 * (low + high)
    return tuple(Range(float(m - s / 2), float(m + s / 2)) for m, s in zip(middle, span, strict=True))


def levels_of(heights: Numbers) -> Numbers:
    """Round levels for contour lines: of equal distance high up, ever closer towards the lowest place.

    So a narrow valley shows its floor, and a plateau still the way down. Empty where all is level.
    """
    known = heights[np.isfinite(heights)]
    if not len(known) or known.max() <= known.min():
        return np.empty(0)
    low, high = float(known.min()), float(known.max())
    step = nice_step(high - low, LINEAR_STEPS)
    fine = step * np.array([part * 10.0**-n for n in range(DECADES) for part in (0.5, 0.2, 0.1)])
    base = np.floor(low / fine[-1]) * fine[-1] if low > fine[-1] else min(low, 0.0)
    levels = np.concatenate([base + fine[::-1], base + step * np.arange(1, LINEAR_STEPS + 3)])
    return levels[(levels > low) & (levels < high)]


def tones(heights: Numbers, levels: Numbers) -> Numbers:
    """Heights as places between the levels: 0 at the lowest, 1 at the first level, 2 at the second …

    What has no height (an overflow) is as high as the highest.
    """
    known = heights[np.isfinite(heights)]
    if not len(known) or not len(levels):
        return np.zeros(heights.shape)
    low, high = float(known.min()), float(known.max())
    filled = np.where(np.isfinite(heights), heights, high)
    marks = np.concatenate([[low], levels, [high]])
    return np.interp(filled, marks, np.arange(len(marks), dtype=float))


def nice_step(span: float, count: int) -> float:
    """1, 2 or 5 times a power of ten that goes into a span at most `count` times."""
    rough = max(span, 1e-300) / count
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(power * step for step in (1, 2, 5, 10) if power * step >= rough * (1 - 1e-9)))


def ticks(along: Range, count: int) -> Numbers:
    """Round numbers inside a range, at most `count` + 1."""
    step = nice_step(along.span, count)
    first, last = np.ceil(along.low / step), np.floor(along.high / step)
    return np.arange(first, last + 1) * step


def decimals_of(numbers: Numbers) -> int:
    """How many decimals round ticks need."""
    if len(numbers) == 1:
        alone = float(numbers[0])
        return next((i for i in range(15) if abs(round(alone, i) - alone) < 1e-12 * max(1.0, abs(alone))), 15)
    step = float(np.diff(numbers).min()) if len(numbers) else 1.0
    return max(0, -int(np.floor(np.log10(step) + 1e-9)))


def rounded(value: float, pixel: float) -> float:
    """A value with as few decimals as tell neighboring pixels apart."""
    return round(value, max(0, int(np.ceil(-np.log10(pixel)))))


def enlarged(grid: Numbers, rows: int, columns: int) -> Numbers:
    """A grid (n, m) in a finer one, by straight lines between its points; its border stays the border."""
    return _between(grid.shape[0], rows) @ grid @ _between(grid.shape[1], columns).T


def _between(coarse: int, fine: int) -> Numbers:
    """(fine, coarse): how much each coarse point has a part in each fine one."""
    at = np.linspace(0.0, coarse - 1.0, fine)
    return np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(coarse)))
