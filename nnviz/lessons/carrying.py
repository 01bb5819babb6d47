"""What another form of a lesson goes on with: the numbers of a run, as far as they still have a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nnviz.engine.graph import DenseLayer, Graph
from nnviz.engine.notation_gates import matrices
from nnviz.engine.ops.base import Array
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.timeline import Settings, Timeline
from nnviz.lessons.build import Values
from nnviz.lessons.snapshot import parameters_of


@dataclass(frozen=True)
class Start:
    """What an iteration of a run works with: parameters by scope, the data, and what each layer's w reads.

    `gates` are those that share a parameter, whose rows stand gate by gate.
    """

    parameters: dict[str, Array]
    settings: Settings
    sources: dict[str, str]
    gates: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, timeline: Timeline, iteration: int) -> Start:
        parameters, settings = parameters_of(timeline, iteration), timeline.settings(iteration)
        return cls(parameters, settings, _sources(timeline.graph), _gates(timeline.graph))


def carried(graph: Graph, drawn: Values, old: Start) -> Iterator[tuple[str, Array]]:
    """Every parameter of a new graph: from the old one as far as it has a place, else as it is drawn.

    A weight has one where it still comes from the same unit: the layer in front may grow or shrink.
    """
    sources, gates = _sources(graph), _gates(graph)
    for scope, values in drawn:
        before = old.parameters.get(scope)
        reads_same = scope in sources and sources[scope] == old.sources.get(scope)
        is_other = gates.get(scope) != old.gates.get(scope)
        if before is None or is_other or not (before.ndim == 4 or _fits(before, values) or reads_same):
            yield scope, values
        elif scope in gates:
            yield scope, _gate_by_gate(before, values, len(gates[scope]))
        else:
            yield scope, _overlaid(before, values)


def _fits(before: Array, values: Array) -> bool:
    return before.shape[1:] == values.shape[1:]


def going_on(made: Settings, old: Settings) -> Settings:
    """The data and α of a run, with the start states that the layers of now have.

    Sequences of another length are those of the new lesson.
    """
    if old.inputs.shape != made.inputs.shape:
        return replace(made, learning_rate=old.learning_rate)
    kept = {
        name: old.given[name] if name in old.given and old.given[name].shape == values.shape else values
        for name, values in made.given.items()
    }
    return replace(old, given=kept)


def _sources(graph: Graph) -> dict[str, str]:
    """The layers whose units the weights come from; maps are not counted unit by unit."""
    handed = {graph.inputs.index: "x"} | {one.a.index: one.scope for one in graph.layers if not one.is_map}
    found = {}
    for layer in graph.layers:
        if isinstance(layer, RecurrentLayer):
            found[layer.w_h.scope] = layer.scope
        is_row = len(layer.x.shape) == 1 or (graph.has_steps and len(layer.x.shape) == 2)
        if layer.x.index in handed and is_row and isinstance(layer, DenseLayer | RecurrentLayer):
            w = layer.w if isinstance(layer, DenseLayer) else layer.w_x
            found[w.scope] = handed[layer.x.index]
    return found


def _gates(graph: Graph) -> dict[str, tuple[str, ...]]:
    """The gates of the parameters that are shared: cells of another kind have others."""
    layers = [layer for layer in graph.layers if isinstance(layer, RecurrentLayer)]
    return {
        node.scope: tuple(gate.name for gate in matrices(layer))
        for layer in layers
        for node in layer.parameters
        if node not in layer.extra
    }


def _gate_by_gate(old: Array, new: Array, gates: int) -> Array:
    parts = zip(np.split(old, gates), np.split(new, gates), strict=True)
    return np.concatenate([_overlaid(before, now) for before, now in parts])


def _overlaid(old: Array, new: Array) -> Array:
    """Old units, or filters with their centers in place, in an array of another size."""
    result = new.copy()
    kept = tuple(slice(min(a, b)) for a, b in zip(old.shape[:2], new.shape[:2], strict=True))
    if old.ndim < 4:
        result[kept] = old[kept]
        return result
    result[kept] = 0.0
    into, source = zip(
        *(_centered(a, b) for a, b in zip(old.shape[2:], new.shape[2:], strict=True)), strict=True
    )
    result[(*kept, *into)] = old[(*kept, *source)]
    return result


def _centered(old: int, new: int) -> tuple[slice, slice]:
    """Where an axis of the old length lies in one of the new length, and what of it does."""
    size = min(old, new)
    into, source = (new - size) // 2, (old - size) // 2
    return slice(into, into + size), slice(source, source + size)
