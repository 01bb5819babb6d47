"""The axes of the loss plot: iterations or epochs below, errors or shares at the left."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg

from nnviz.engine.numbers import show

FEW_DECADES = 2.0  # of a logarithmic axis, up to which 2 and 5 are ticks as well
MOST_POWERS = 6  # labels along a logarithmic axis, but for one
STEPS = (1, 2, 5)


class IterationAxis(pg.AxisItem):
    """Whole numbers, thousands set off with a comma."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{value:,.0f}" if value == round(value) else "" for value in values]


class LossAxis(pg.AxisItem):
    """About five ticks, all with the same decimals; where it is logarithmic 1, 2, 5 or powers of ten."""

    is_share = False

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        rough = max(high - low, 1e-300) / 5
        power = 10.0 ** np.floor(np.log10(rough))
        return [(next(power * step for step in (1, 2, 5, 10) if power * step >= rough), 0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.is_share:
            return [f"{value:.0f} %" if 0 <= value <= 100 else "" for value in values]
        strings: list[str] = super().tickStrings(values, scale, spacing)
        return strings

    def logTickValues(self, low: float, high: float, size: float, standard: Any) -> list[Any]:
        steps = STEPS if high - low < FEW_DECADES + 0.5 else (1,)
        every = max(1, math.ceil((high - low) / MOST_POWERS))
        return [(1.0, np.array(log_ticks(low, high, steps, every)))]

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [show(10.0**value, 4, max(0, -math.floor(value + 1e-9))) for value in values]


def log_ticks(low: float, high: float, steps: tuple[int, ...], every: int = 1) -> list[float]:
    """The logarithms of the steps in every (third, …) decade that lie between two others."""
    powers = range(every * math.floor(low / every), math.ceil(high) + 1, every)
    ticks = [power + math.log10(step) for power in powers for step in steps]
    return [tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]


def log_range(low: float, high: float) -> tuple[float, float]:
    """The ticks around two logarithms: steps of 1, 2, 5, or powers of ten if far apart."""
    if high - low > FEW_DECADES:
        return float(math.floor(low)), float(math.floor(high) + 1)
    ticks = log_ticks(math.floor(low) - 1, math.floor(high) + 1, STEPS)
    return max(tick for tick in ticks if tick <= low + 1e-9), min(tick for tick in ticks if tick > high)
