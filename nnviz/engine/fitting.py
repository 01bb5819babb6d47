"""Whether numbers fit a graph, said where they come in: numpy would spread one array over another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from nnviz.engine.graph import Graph, GraphError
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array, Cell
from nnviz.engine.ref import Ref


def numbers_of(what: str, values: ArrayLike) -> Array:
    """Numbers as they are written by hand, as an array of their own.

    Raises GraphError where rows have different lengths, and for what is no finite number.
    """
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise GraphError(f"{what}: found {_trouble(values)}, wanted numbers in rows of one length") from None
    other = array[~np.isfinite(array)]
    if other.size:
        raise GraphError(f"{what}: found {other.flat[0]}, wanted finite numbers")
    return array


def number_of(what: str, value: ArrayLike) -> float:
    """One number. Raises GraphError for several, and for what is no finite number."""
    array = numbers_of(what, value)
    require_array(what, array, ())
    return float(array)


def _trouble(values: ArrayLike) -> str:
    """What keeps a list from being an array."""
    rows = values if isinstance(values, list | tuple) else [values]
    lengths = {len(row) if isinstance(row, list | tuple) else 1 for row in rows}
    if len(lengths) > 1:
        return f"rows of {' and '.join(map(str, sorted(lengths)))}"
    return "what is no number"


def require_parameters(graph: Graph, parameters: Array) -> None:
    """Raises GraphError where it is not the flat vector of all parameters."""
    found = np.shape(parameters)
    if found != (graph.parameter_size,):
        raise GraphError(f"parameters: found {_of(found)}, wanted {_of((graph.parameter_size,))}")


def require_array(scope: str, array: Array, shape: Cell) -> None:
    """Raises GraphError where an array has another shape, such as that of its transpose."""
    if np.shape(array) != shape:
        raise GraphError(f"{scope}: found {_of(np.shape(array))}, wanted {_of(shape)}")


def require_names(what: str, found: Mapping[str, Array], wanted: Mapping[str, Cell]) -> None:
    """Raises GraphError for a name that the graph does not have."""
    for name in found:
        if name not in wanted:
            raise GraphError(f"found {what} “{name}”, wanted {', '.join(wanted) or 'none'}")


def require_examples(
    graph: Graph, inputs: Array, targets: Array | None, given: Mapping[str, Array] | None = None
) -> None:
    """Raises GraphError where the rows of inputs, targets and what else is given do not belong together."""
    rows = len(inputs) if np.ndim(inputs) else 0
    if not rows:
        raise GraphError("inputs: found no examples, wanted one or more")
    require_array("inputs", inputs, (rows, *graph.data.shape))
    if targets is not None and graph.target is not None:
        if len(targets) != rows:
            raise GraphError(f"targets: found {counted(len(targets), 'row')}, wanted {rows:,}, one an input")
        require_array("targets", targets, (rows, *graph.target.shape))
    shapes = {node.scope: node.shape for node in graph.given}
    require_names("given", given or {}, shapes)
    for scope, array in (given or {}).items():
        require_array(scope, array, (rows, *shapes[scope]))


def require_cell(ref: Ref, shape: Cell) -> None:
    """Raises GraphError where an address names no cell of such an array."""
    if len(ref.cell) != len(shape) or any(not 0 <= i < n for i, n in zip(ref.cell, shape, strict=False)):
        raise GraphError(f"{ref.scope}: found cell {ref.cell}, wanted a cell of {_of(shape)}")


def _of(shape: Cell) -> str:
    """A shape in words."""
    if not shape:
        return "a single number"
    return counted(shape[0], "number") if len(shape) == 1 else " × ".join(f"{length:,}" for length in shape)
