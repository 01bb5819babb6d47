"""What a run works with beside its parameters, when it is over, and what somebody changes on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from nnviz.engine.fitting import require_array, require_names
from nnviz.engine.graph import Graph, GraphError
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Ref


@dataclass(frozen=True, slots=True)
class Settings:
    """What an iteration works with beside the parameters: the data, row by row, and α.

    `given` holds what else is given of every example, by the scope of its node: start states of sequences,
    and at which steps they go on.
    """

    inputs: Array
    targets: Array | None
    learning_rate: float
    given: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Stop:
    """When a run is over: the loss over all data is below `loss_below`, or so many iterations are done.

    With `patience` p it is over as soon as the error on the validation set has p times in a row been above
    the lowest so far; it is measured once an epoch (algorithm 1 of the notes
    measures after every update, which is the same where a batch is all the data).
    """

    loss_below: float | None = None
    iterations: int = 10_000
    patience: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Numbers that somebody changes at the start of an iteration."""

    iteration: int
    values: tuple[tuple[Ref, float], ...]


def flat(graph: Graph, arrays: Iterable[tuple[str, Array]]) -> Array:
    """The flat vector of a state from parameter arrays by scope.

    Raises GraphError for a name that is none of a parameter, one that is missing, and another shape.
    """
    by_scope = dict(arrays)
    shapes = {node.scope: node.shape for node in graph.parameters}
    require_names("parameter", by_scope, shapes)
    for scope, shape in shapes.items():
        if scope not in by_scope:
            raise GraphError(f"found no numbers for {scope}, wanted one array for each parameter")
        require_array(scope, by_scope[scope], shape)
    parts = [np.ravel(by_scope[node.scope]) for node in graph.parameters]
    return np.concatenate([np.empty(0), *parts]).astype(np.float64)
