"""The data of a lesson: from raw rows to what the network reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array
from nnviz.engine.preparation import Bin, Preparation, Scaling
from nnviz.lessons.errors import BuildError
from nnviz.lessons.lesson import Examples, ImageInfo
from nnviz.lessons.schema import BinsTable, ColumnsTable, NormalizeTable


@dataclass(frozen=True, slots=True)
class Prepared:
    """Inputs (N, …) and targets (N, n_out; n_out may be 0), with the way they came about.

    Images come with their size, the names of their classes, the source of a shipped data set, and some to
    test with.
    """

    inputs: Array
    targets: Array
    preparation: Preparation
    names: tuple[str, ...]
    classes: tuple[str, ...] = ()
    image: ImageInfo | None = None
    source: str = ""
    test: Examples | None = None


def prepared(table: ColumnsTable, inputs: int) -> Prepared:
    """Check the rows and prepare them. Raises BuildError."""
    raw = _raw(table, inputs)
    with np.errstate(all="ignore"):  # what overflows is told below
        return _prepared(table, inputs, raw)


def _prepared(table: ColumnsTable, inputs: int, raw: Array) -> Prepared:
    scalings = tuple(_scaling(table, inputs, raw, column) for column in range(raw.shape[1]))
    sources, bins = _columns(table.bins, inputs, table.targets)
    preparation = Preparation(
        raw, tuple(table.columns), tuple(scalings[s] for s in sources), tuple(sources), tuple(bins)
    )
    network = preparation.prepare()
    if not np.isfinite(network).all():
        raise BuildError("data.normalize", "found numbers that overflow when they are normalized")
    return Prepared(
        network[:, :inputs], network[:, inputs:], preparation, names_of(table.names, len(table.rows), "row")
    )


def _raw(table: ColumnsTable, inputs: int) -> Array:
    wanted = inputs + table.targets
    if len(table.columns) != wanted:
        parts = f"{inputs} inputs and {table.targets} targets"
        message = f"found {counted(len(table.columns), 'column')}, wanted {wanted}: {parts}"
        raise BuildError("data.columns", message)
    for row, values in enumerate(table.rows, 1):
        if len(values) != wanted:
            raise BuildError(
                "data.rows", f"row {row}: found {counted(len(values), 'number')}, wanted {wanted}"
            )
    return np.array(table.rows, dtype=np.float64)


def _scaling(table: ColumnsTable, inputs: int, raw: Array, column: int) -> Scaling:
    normalize = table.normalize
    if normalize is None or (column >= inputs and not normalize.targets):
        return Scaling("none")
    low = _given(normalize, "min", column, len(table.columns))
    high = _given(normalize, "max", column, len(table.columns))
    scaling = Scaling.of(normalize.method, raw[:, column], normalize.decimals, low, high)
    if not (np.isfinite(scaling.low) and np.isfinite(scaling.scale)):
        message = f"column {table.columns[column]}: found numbers that overflow when they are normalized"
        raise BuildError("data.normalize", message)
    if normalize.method != "none" and not scaling.scale > 0:
        what = "max − min" if normalize.method == "range" else "standard deviation"
        message = f"column {table.columns[column]}: found a {what} of {scaling.scale:g}, wanted more than 0"
        raise BuildError("data.normalize", message)
    return scaling


def _given(normalize: NormalizeTable, field: str, column: int, columns: int) -> float | None:
    values: list[float] | None = getattr(normalize, field)
    if values is None:
        return None
    if normalize.method != "range":
        raise BuildError(f"data.normalize.{field}", "only range normalization takes it")
    if len(values) != columns:
        raise BuildError(
            f"data.normalize.{field}",
            f"found {counted(len(values), 'number')}, wanted {columns}, one a column",
        )
    return values[column]


def _columns(bins: BinsTable | None, inputs: int, targets: int) -> tuple[list[int], list[Bin | None]]:
    """For every column the network reads: the raw column it comes from, and the class it stands for."""
    plain = list(range(inputs + targets))
    if bins is None:
        return plain, [None] * len(plain)
    if targets != 1:
        raise BuildError(
            "data.bins", f"found {targets} target columns, wanted the one that is cut into classes"
        )
    if bins.edges != sorted(set(bins.edges)):
        raise BuildError("data.bins.edges", "wanted rising numbers")
    if len(bins.names) != len(bins.edges) + 1:
        message = f"found {len(bins.names)} names, wanted {len(bins.edges) + 1}, one more than edges"
        raise BuildError("data.bins.names", message)
    edges = [None, *bins.edges, None]
    classes = [Bin(name, edges[i], edges[i + 1]) for i, name in enumerate(bins.names)]
    return [*plain[:inputs], *[inputs] * len(classes)], [*[None] * inputs, *classes]


def names_of(names: list[str] | None, count: int, what: str) -> tuple[str, ...]:
    """What the examples are called: as the lesson says, or d1, d2, …"""
    if names is None:
        return tuple(f"d{i + 1}" for i in range(count))
    if len(names) != count:
        raise BuildError("data.names", f"found {len(names)}, wanted {count}, one for each {what}")
    return tuple(names)
