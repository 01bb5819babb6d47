"""Numbers of the data that somebody has changed: as a lesson file lists them, beside the data itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from nnviz.engine.graph import Graph
from nnviz.engine.notation import AddressError, Notation
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Part, Ref
from nnviz.engine.settings import Settings
from nnviz.lessons.errors import BuildError
from nnviz.lessons.schema_forms import EditsTable


def edited(tables: Sequence[EditsTable], settings: Settings, graph: Graph, notation: Notation) -> Settings:
    """The data with the numbers that a lesson lists. Raises BuildError."""
    arrays = {scope: array.copy() for scope, array in _arrays(settings, graph).items()}
    for place, table in enumerate(tables, 1):
        if table.example > len(settings.inputs):
            message = f"found {table.example}, wanted 1 … {len(settings.inputs)}"
            raise BuildError(f"data.edits[{place}].example", message)
        for address, value in table.values.items():
            ref = _ref(address, arrays, notation, f"data.edits[{place}].values")
            arrays[ref.scope][(table.example - 1, *ref.cell)] = value
    given = {**settings.given, **{scope: arrays[scope] for scope in settings.given if scope in arrays}}
    targets = settings.targets if graph.target is None else arrays.get(graph.target.scope)
    return replace(settings, inputs=arrays[graph.data.scope], targets=targets, given=given)


def edits_of(before: Settings, now: Settings, graph: Graph, notation: Notation) -> list[EditsTable]:
    """Every number of the data that is another one now. Both are of the same shape."""
    values: dict[int, dict[str, float]] = {}
    for scope, (row, *cell), value in _changes(before, now, graph):
        values.setdefault(row, {})[notation.address(Ref(scope, cell=tuple(cell), example=row))] = value
    return [EditsTable(example=row + 1, values=values[row]) for row in sorted(values)]


def count_of(before: Settings, now: Settings, graph: Graph) -> int:
    """How many numbers of the data are others now."""
    return sum(1 for _ in _changes(before, now, graph))


def is_same_data(before: Settings, now: Settings, graph: Graph) -> bool:
    """Whether no number of the data is another one."""
    return next(_changes(before, now, graph), None) is None


def _changes(before: Settings, now: Settings, graph: Graph) -> Iterator[tuple[str, tuple[int, ...], float]]:
    """Scope, place (example first) and value of every number that is another one, bit for bit."""
    old = _arrays(before, graph)
    for scope, array in _arrays(now, graph).items():
        there = old.get(scope)
        if there is None or there.shape != array.shape:
            continue
        differs = (there != array) | (np.signbit(there) != np.signbit(array))
        for place in np.argwhere(differs).tolist():
            yield scope, tuple(place), float(array[tuple(place)])


def _arrays(settings: Settings, graph: Graph) -> dict[str, Array]:
    """The data by the scope of its nodes: what can be edited."""
    arrays = {graph.data.scope: settings.inputs}
    if graph.target is not None and settings.targets is not None:
        arrays[graph.target.scope] = settings.targets
    going = None if graph.going is None else graph.going.scope
    return arrays | {scope: array for scope, array in settings.given.items() if scope != going}


def _ref(address: str, arrays: Mapping[str, Array], notation: Notation, field: str) -> Ref:
    try:
        ref = notation.parse(address)
    except AddressError as error:
        raise BuildError(field, str(error)) from None
    if ref.part is not Part.VALUE or ref.scope not in arrays:
        raise BuildError(field, f"found “{address}”, wanted a number of the data such as x[1] or t[1]")
    return ref
