"""The way that a few parameters have taken through a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.landscape import places_of
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Ref
from nnviz.engine.timeline import Timeline

MOST_POINTS = 500
COMPLETE = 64  # iterations: so short a way is replayed where states are given up


@dataclass(frozen=True, eq=False)
class WeightPath:
    """`values` (m, k): k parameters at the start of m `iterations`, of which the last is the present one."""

    iterations: NDArray[np.int64]
    values: Array


def path_until(
    timeline: Timeline, iteration: int, refs: Sequence[Ref], most: int = MOST_POINTS
) -> WeightPath:
    """The way until an iteration, in at most `most` places.

    A short one is complete. For a long one nothing is replayed: where states are given up, it goes on to the
    next one that is kept. Raises ValueError for a `ref` that is no number that learns.
    """
    places = places_of(timeline.graph, refs)
    if iteration < min(most, COMPLETE):
        rows = [timeline.state(k).parameters[places] for k in range(iteration + 1)]
        return WeightPath(np.arange(iteration + 1), np.array(rows))
    stride = 1
    while iteration > stride * (most - 1):
        stride *= 2
    kept = {k: row for k, row in map(timeline.kept, range(0, iteration, stride))}
    kept[iteration] = timeline.record(iteration).state.parameters
    values = np.array([row[places] for row in kept.values()])
    return WeightPath(np.array(list(kept)), values)
