"""Axes of a plot: which numbers they reach over, and where their ticks stand on the original scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import name_text
from nnviz.ui.layout.names import subscripted

MARGIN = 0.08  # of the range, on either side
LARGEST = 1e300  # end: between larger ones no distance is a number
FINEST, SMALLEST = 1e-12, 1e-200  # range, as a share of its ends and in any case


@dataclass(frozen=True, slots=True)
class Tick:
    """`at` is in the numbers that the network reads, `text` on the original scale."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high` as the network reads numbers; the original number is value · gain + offset."""

    name: str
    low: float
    high: float
    gain: float = 1.0
    offset: float = 0.0

    def share(self, values: Array | float) -> Array:
        """How far along the axis numbers stand, 0 to 1."""
        return (np.asarray(values, dtype=np.float64) - self.low) / (self.high - self.low)

    def at(self, share: float) -> float:
        """The number at a share of the axis."""
        return self.low + share * (self.high - self.low)

    def original(self, value: float) -> float:
        return value * self.gain + self.offset

    def text(self, value: float, digits: int) -> str:
        """A number on the original scale."""
        return show(self.original(value), digits)

    def ticks(self, most: int = 6) -> tuple[Tick, ...]:
        """At most so many round numbers of the original scale."""
        low, high = sorted((self.original(self.low), self.original(self.high)))
        step = _round_step((high - low) / max(most, 1))
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        numbers = [place * step for place in range(first, last + 1)]
        return tuple(Tick((one - self.offset) / self.gain, show(one, decimals, decimals)) for one in numbers)


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(one * power for one in (1, 2, 5, 10) if one * power >= least * (1 - 1e-9))


def digits_for(width: float) -> int:
    """How many decimals tell numbers apart that lie within a range: a thousandth of it, or so."""
    return int(np.clip(2 - math.floor(math.log10(abs(width) or 1.0)), 0, 6))


def spanned(name: str, values: Array, gain: float = 1.0, offset: float = 0.0, margin: float = MARGIN) -> Axis:
    """An axis over all finite numbers, with a margin; numbers that hardly differ stand in its middle."""
    finite = np.asarray(values, dtype=np.float64)
    finite = np.clip(finite[np.isfinite(finite)], -LARGEST, LARGEST)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    far = max(abs(low), abs(high))
    room = (high - low) * margin if high - low > max(FINEST * far, SMALLEST) else max(far, 1.0) * 0.5
    return Axis(name, low - room, high + room, gain, offset)


def scale_of_column(moment: Moment, column: int) -> tuple[float, float]:
    """Gain and offset that lead from a column of the network, inputs first, back to the original scale."""
    preparation = moment.textbook.preparation
    if preparation is None or column >= len(preparation.sources):
        return 1.0, 0.0
    zero, one = preparation.back(column, np.array([0.0, 1.0]))
    return float(one - zero), float(zero)


def input_axis(moment: Moment, index: int, values: Array) -> Axis:
    """The axis of an input over numbers that the network reads."""
    symbol = name_text(moment.notation.name(Ref(moment.graph.inputs.scope, cell=(index,))))
    return spanned(name_of_column(moment, index) or symbol, values, *scale_of_column(moment, index))


def name_of_column(moment: Moment, column: int) -> str:
    """What the data calls a column of the network; empty where it has no name."""
    preparation = moment.textbook.preparation
    if preparation is None or column >= len(preparation.sources):
        return ""
    return subscripted(preparation.column_name(column))
