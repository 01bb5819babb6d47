"""The error as a function of a few parameters, all others held where they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.batching import given_beside
from nnviz.engine.fitting import require_cell, require_examples, require_parameters
from nnviz.engine.graph import Graph, Node
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.dropout import Mask
from nnviz.engine.ops.losses import Loss
from nnviz.engine.program import Program
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Ref
from nnviz.engine.run import Batch, Record, State, drain, forward
from nnviz.engine.settings import Settings
from nnviz.engine.timeline import Timeline

WORK_AT_ONCE = 2_000_000  # multiplications of a call: some milliseconds
WORK_A_POINT = 2_000_000  # of all examples together; where they take more, only some are used
WORK_BEFORE = 40_000_000  # once, for what is the same at all points
FEWEST_EXAMPLES = 16
WORK_OF_A_STEP = 20_000  # of time, for all examples together: calls and not arithmetic
WORK_OF_A_CELL = 8  # an exponential, against a multiplication


class Landscape:
    """E(p₁, …, pₖ) over all examples that are trained on, summed or averaged as the lesson defines E.

    It is that of the network without dropout and without a penalty. Every op is affine in its parameters, so
    z(p) = z(0) + Σ p·(z(e) − z(0)), where only the chosen ones of its parameters change: many points are one
    batch. Only a network with recurrent layers, which use their weights at every step, is run point by point.
    Where the examples take too long, `count` of all `examples` are used, evenly spread over the data.
    Raises ValueError for a `ref` that is no number that learns, and for one that is named twice.
    """

    def __init__(self, graph: Graph, parameters: Array, settings: Settings, refs: Sequence[Ref]):
        require_parameters(graph, parameters)
        require_examples(graph, settings.inputs, settings.targets, settings.given)
        assert settings.targets is not None
        self.graph, self.parameters, self.refs = graph, parameters, tuple(refs)
        self._settings = settings
        self._data = (settings.inputs, settings.targets)
        self.places = places_of(graph, refs)
        self._chosen = {place: graph[ref.scope].index for place, ref in enumerate(self.refs)}
        self._varied = _depending_on(graph, set(self._chosen.values()))
        self.examples = len(settings.inputs)
        per_example = sum(self._work(graph.nodes[i]) for i in self._varied)
        before = 1 + sum(self._full_work(node) for node in graph.nodes if node.index not in self._varied)
        enough = max(FEWEST_EXAMPLES, min(WORK_A_POINT // per_example, WORK_BEFORE // before))
        self.count = min(self.examples, enough)
        self._steps = sum(one.steps for one in graph.layers if isinstance(one, RecurrentLayer))
        self.work = self.count * per_example + self._steps * WORK_OF_A_STEP  # of one point
        self.points_at_once = max(1, WORK_AT_ONCE // self.work)

    @property
    def here(self) -> Array:
        """The chosen parameters as they are, (k,)."""
        return self.parameters[self.places]

    def is_same(self, other: Landscape) -> bool:
        """Whether it is the same function, as it stays where a run changes only the chosen parameters."""
        same_data = all(a is b for a, b in zip(self._data, other._data, strict=True))
        same_data = same_data and _is_same(self._settings.given, other._settings.given)
        if self.graph is not other.graph or self.refs != other.refs or not same_data:
            return False
        moved = other.parameters.copy()
        moved[self.places] = self.here
        return np.array_equal(moved, self.parameters)

    def losses(self, points: Array) -> Array:
        """E at points (P, k), as (P,); infinite or NaN where it overflows."""
        if np.ndim(points) != 2 or np.shape(points)[1] != len(self.refs):
            found = " × ".join(map(str, np.shape(points)))
            raise ValueError(f"found points of {found}, wanted a row of {len(self.refs)} for each")
        step = self.points_at_once
        parts = [self._losses(points[i : i + step]) for i in range(0, len(points), step)]
        return np.concatenate([np.empty(0), *parts])

    def _losses(self, points: Array) -> Array:
        if self._steps:
            return np.array([self._loss_at(point) for point in points])
        return self._losses_at_once(points)

    def _loss_at(self, point: Array) -> float:
        """E by a forward pass."""
        parameters = self.parameters.copy()
        parameters[self.places] = point
        record = Record(self._program, State(parameters, 0.0), self._batch)
        with np.errstate(all="ignore"):
            drain(forward(record))
        return record.loss

    @cached_property
    def _program(self) -> Program:
        return Program(self.graph)

    @cached_property
    def _batch(self) -> Batch:
        """The examples that are used; nothing of them is dropped."""
        rows = self._rows
        inputs, targets = (table[rows] for table in self._data)
        return Batch(range(len(rows)), inputs, targets, given_beside(self.graph.given, self._settings, rows))

    @property
    def _rows(self) -> NDArray[np.intp]:
        """The examples that are used, as rows of the data."""
        return np.linspace(0, self.examples - 1, self.count).round().astype(np.intp)

    def _losses_at_once(self, points: Array) -> Array:
        values: dict[int, Any] = {}
        loss = self.graph.loss
        assert loss is not None and isinstance(loss.op, Loss)
        with np.errstate(all="ignore"):
            for index in self._varied:
                if index != loss.index:
                    values[index] = self._value(self.graph.nodes[index], points, values)
            terms = loss.op.cell_terms(*self._arguments(loss, len(points), values))
            total: Array = terms.reshape(len(points), -1).sum(axis=1)
        return total / self.count if loss.op.mean else total

    def _value(self, node: Node, points: Array, values: dict[int, Any]) -> Array:
        """What a node writes for all examples of all points, (P·N, …)."""
        mine = [place for place, index in self._chosen.items() if index in node.inputs]
        if not mine:
            result: Array = node.op.forward(*self._arguments(node, len(points), values))
            return result
        if any(i in values for i in node.inputs):
            base, *steps = self._affine(node, mine, self._arguments(node, len(points), values))
            weights = [np.repeat(points[:, place], self.count) for place in mine]
            return base + sum(_beside(w, d) * d for w, d in zip(weights, steps, strict=True))
        base, *steps = self._fixed_affine[node.index]
        return _spread(base, steps, [points[:, place] for place in mine])

    @cached_property
    def _fixed_affine(self) -> dict[int, list[Array]]:
        """z(0) and its slopes, for the nodes that read nothing that varies but parameters."""
        found: dict[int, list[Array]] = {}
        for index in self._varied:
            node = self.graph.nodes[index]
            mine = [place for place, chosen in self._chosen.items() if chosen in node.inputs]
            if mine and not any(i in self._varied for i in node.inputs):
                found[index] = self._affine(node, mine, [self._fixed[i] for i in node.inputs])
        return found

    def _affine(self, node: Node, mine: list[int], arguments: list[Any]) -> list[Array]:
        """What a node writes where the chosen parameters are 0, and what each of them adds where it is 1."""
        results = []
        for wanted in (None, *mine):
            changed = list(arguments)
            for place in mine:
                slot, cell = node.inputs.index(self._chosen[place]), self.refs[place].cell
                if changed[slot] is arguments[slot]:
                    changed[slot] = arguments[slot].copy()
                changed[slot][cell] = float(place == wanted)
            results.append(node.op.forward(*changed))
        return [results[0], *(one - results[0] for one in results[1:])]

    def _arguments(self, node: Node, points: int, values: dict[int, Any]) -> list[Any]:
        """The inputs of a node: what does not vary is repeated for every point."""
        return [values[i] if i in values else self._repeated(i, points) for i in node.inputs]

    def _repeated(self, index: int, points: int) -> Any:
        fixed = self._fixed[index]
        if fixed is None or self.graph.nodes[index].is_parameter:
            return fixed
        return np.broadcast_to(fixed, (points, *fixed.shape)).reshape(-1, *fixed.shape[1:])

    @cached_property
    def _fixed(self) -> dict[int, Any]:
        """What every node writes that does not depend on the chosen parameters, (N, …)."""
        values = self._given()
        with np.errstate(all="ignore"):
            for node in self.graph.nodes:
                if node.inputs and node.index not in self._varied:
                    values[node.index] = node.op.forward(*(values[i] for i in node.inputs))
        return values

    def _given(self) -> dict[int, Any]:
        """Data, parameters, and no masks: nothing is dropped."""
        rows = self._rows
        graph = self.graph
        assert graph.target is not None
        values: dict[int, Any] = {node.index: None for node in graph.nodes if isinstance(node.op, Mask)}
        values[graph.data.index], values[graph.target.index] = (table[rows] for table in self._data)
        for node in graph.parameters:
            values[node.index] = self.parameters[graph.slices[node.index]].reshape(node.shape)
        return values

    def _work(self, node: Node) -> int:
        """Multiplications that a node takes at every point for one example."""
        varies = any(i in self._varied for i in node.inputs)
        return self._full_work(node) if varies else max(1, math.prod(node.shape))

    def _full_work(self, node: Node) -> int:
        shapes = [self.graph.nodes[i].shape for i in node.inputs if self.graph.nodes[i].is_parameter]
        return math.prod(node.shape) * max([WORK_OF_A_CELL, *(math.prod(shape[1:]) for shape in shapes)])


def landscape_of(timeline: Timeline, iteration: int, refs: Sequence[Ref]) -> Landscape:
    """E as a function of some parameters, with all others as an iteration starts from them.

    Raises ValueError where nothing learns.
    """
    settings = timeline.settings(iteration)
    if settings.targets is None or not timeline.graph.trains:
        raise ValueError("found a network that does not learn")
    parameters = timeline.record(iteration).state.parameters
    return Landscape(timeline.graph, parameters, settings, refs)


def places_of(graph: Graph, refs: Sequence[Ref]) -> list[int]:
    """Where parameters stand in the flat vector of a state. Raises ValueError for what does not learn."""
    places = []
    for ref in refs:
        if ref.scope not in graph or not graph[ref.scope].is_trainable:
            raise ValueError(f"found {ref.scope}, wanted a number that learns")
        node = graph[ref.scope]
        require_cell(ref, node.shape)
        places.append(graph.slices[node.index].start + int(np.ravel_multi_index(ref.cell, node.shape)))
    if len(set(places)) < len(places):
        raise ValueError(f"found {refs[0].scope} twice, wanted different numbers")
    return places


def _is_same(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    """Whether both have the very same arrays."""
    return one.keys() == other.keys() and all(one[name] is other[name] for name in one)


def _depending_on(graph: Graph, changed: set[int]) -> list[int]:
    """The nodes that the error depends on and that depend on some parameters, in order."""
    found: set[int] = set()
    for node in graph.nodes:
        if any(i in changed or i in found for i in node.inputs):
            found.add(node.index)
    return sorted(found)


def _beside(weights: Array, cells: Array) -> Array:
    """One number for each example, beside its cells."""
    return weights.reshape(-1, *(1,) * (cells.ndim - 1))


def _spread(base: Array, steps: Sequence[Array], weights: Sequence[Array]) -> Array:
    """base + Σ w·step for every point: (N, …) and (P,) make (P·N, …), with the examples last in memory."""
    last = [np.moveaxis(array, 0, -1)[..., None, :] for array in (base, *steps)]
    total = last[0] + sum(w[:, None] * step for w, step in zip(weights, last[1:], strict=True))
    return np.moveaxis(total.reshape(*total.shape[:-2], -1), -1, 0)
