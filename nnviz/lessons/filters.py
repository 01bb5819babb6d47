"""The filters that the lecture notes use, by name."""

from __future__ import annotations

import numpy as np

from nnviz.engine.ops.base import Array

FILTERS: dict[str, tuple[tuple[float, ...], ...]] = {
    "horizontal": ((-1, -1, -1), (1, 1, 1), (-1, -1, -1)),
    "vertical": ((-1, 1, -1), (-1, 1, -1), (-1, 1, -1)),
    "horizontal_positive": ((0, 0, 0), (1, 1, 1), (0, 0, 0)),
    "vertical_positive": ((0, 1, 0), (0, 1, 0), (0, 1, 0)),
    "diagonal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}


def kernel(name: str) -> Array:
    """The weights of a named filter, (rows, columns). Raises KeyError."""
    return np.array(FILTERS[name], dtype=np.float64)


def title(name: str) -> str:
    """A filter's name as it is shown: “horizontal, positive”."""
    return name.replace("_", ", ")


def name_of(weights: Array) -> str | None:
    """The name of the filter that has these weights, if it has one."""
    return next((name for name in FILTERS if np.array_equal(kernel(name), weights)), None)
