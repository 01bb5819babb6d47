"""Gradients that are made shorter where they are too long, so that one steep step does not end a run."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from nnviz.engine.ops.base import Array


class Clipping(NamedTuple):
    """‖∂E/∂w‖ over all weights that learn, the most it may be, and what every gradient is multiplied by."""

    norm: float
    limit: float
    factor: float

    @property
    def acts(self) -> bool:
        return self.factor < 1.0


def norm_of(gradient: Array) -> float:
    """The length of a gradient."""
    return math.sqrt(float(np.vdot(gradient, gradient)))


def clip_factor(norm: float, limit: float) -> float:
    """limit/‖∂E/∂w‖ where the gradient is longer than the limit, else 1: its direction stays as it is."""
    return limit / norm if norm > limit else 1.0
