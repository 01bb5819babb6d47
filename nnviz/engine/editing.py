"""Numbers that somebody changes in the middle of a run."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from nnviz.engine.fitting import require_cell
from nnviz.engine.graph import Graph
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.engine.settings import Edit, Settings


def apply(edit: Edit, graph: Graph, parameters: Array, settings: Settings, scale: float) -> Settings:
    """Write the changed parameters into their vector, and return the settings with the other changes.

    `scale` is what a schedule multiplies α by in this iteration. Raises ValueError for a number that cannot
    be edited or is not finite.
    """
    for ref, value in edit.values:
        if not math.isfinite(value):
            raise ValueError(f"{ref.scope}: found {value}, wanted a finite number")
        if ref.part is not Part.VALUE:
            raise ValueError(
                f"{ref.scope}: {ref.part} is computed; only parameters, data and α can be edited"
            )
        if ref.scope in graph and graph[ref.scope].is_parameter:
            node = graph[ref.scope]
            require_cell(ref, node.shape)
            parameters[graph.slices[node.index]].reshape(node.shape)[ref.cell] = value
        else:
            settings = _with_value(graph, settings, ref, value, scale)
    return settings


def _with_value(graph: Graph, settings: Settings, ref: Ref, value: float, scale: float) -> Settings:
    if ref == LEARNING_RATE:
        return replace(settings, learning_rate=value / scale if scale else value)
    if ref.scope == graph.data.scope:
        return replace(settings, inputs=_with_cell(settings.inputs, ref, value))
    if graph.target is not None and ref.scope == graph.target.scope:
        assert settings.targets is not None
        return replace(settings, targets=_with_cell(settings.targets, ref, value))
    given = next((node for node in graph.given if node.scope == ref.scope), None)
    if given is not None:
        rows = settings.given.get(ref.scope, np.zeros((len(settings.inputs), *given.shape)))
        return replace(settings, given={**settings.given, ref.scope: _with_cell(rows, ref, value)})
    raise ValueError(f"{ref.scope} is computed; only parameters, data and α can be edited")


def _with_cell(array: Array, ref: Ref, value: float) -> Array:
    if ref.example is None:
        raise ValueError(f"{ref.scope}: found no example, wanted the row of the data that is edited")
    if not 0 <= ref.example < len(array):
        raise ValueError(f"{ref.scope}: found example {ref.example}, wanted 0 … {len(array) - 1}")
    require_cell(ref, array.shape[1:])
    changed = array.copy()
    changed[(ref.example, *ref.cell)] = value
    return changed


def read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


def frozen(settings: Settings) -> Settings:
    """The same data, which nobody can write into by mistake."""
    targets = None if settings.targets is None else read_only(settings.targets)
    given = {scope: read_only(rows) for scope, rows in settings.given.items()}
    return replace(settings, inputs=read_only(settings.inputs), targets=targets, given=given)
