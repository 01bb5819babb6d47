"""A numeric target cut into classes: by edges that the lesson gives, or into bins of equal width."""

from __future__ import annotations

import numpy as np

from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Array
from nnviz.engine.preparation import Bin
from nnviz.lessons.errors import BuildError
from nnviz.lessons.schema_data import BinsTable

NAMES = {2: ["low", "high"], 3: ["low", "medium", "high"]}


def bins_of(table: BinsTable, values: Array) -> list[Bin]:
    """The classes of a target whose values, after normalization, are given. Raises BuildError."""
    edges = _edges(table, values)
    names = table.names or NAMES.get(len(edges) + 1) or _ranges(edges)
    if len(names) != len(edges) + 1:
        wanted = f"{len(edges) + 1}, one more than edges" if table.edges else f"{table.count}, one a class"
        raise BuildError("data.bins.names", f"found {len(names)} names, wanted {wanted}")
    ends = [None, *edges, None]
    return [Bin(name, ends[i], ends[i + 1]) for i, name in enumerate(names)]


def _edges(table: BinsTable, values: Array) -> list[float]:
    if (table.edges is None) == (table.count is None):
        found = "neither edges nor count" if table.edges is None else "edges and count"
        raise BuildError("data.bins", f"found {found}, wanted one of them")
    if table.edges is not None:
        if table.edges != sorted(set(table.edges)):
            raise BuildError("data.bins.edges", "wanted rising numbers")
        return table.edges
    return _equal(table.count or 1, values)


def _equal(count: int, values: Array) -> list[float]:
    """min + i·(max − min)/count, for i from 1 to count − 1."""
    low, high = float(values.min()), float(values.max())
    edges = [low + i * (high - low) / count for i in range(1, count)]
    if not (np.isfinite(edges).all() and len({low, *edges, high}) == count + 1):
        raise BuildError(
            "data.bins.count", f"found targets from {low:g} to {high:g}, wanted ones that differ"
        )
    return edges


def _ranges(edges: list[float]) -> list[str]:
    shown = [show(edge, 2) for edge in edges]
    between = [f"{low} … {high}" for low, high in zip(shown[:-1], shown[1:], strict=True)]
    return [f"≤ {shown[0]}", *between, f"> {shown[-1]}"]
