"""Asking a network for its outputs on sets of examples, a slice at a time."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array
from nnviz.engine.run import Record
from nnviz.ui.picture.answers import ExampleSet

CELLS_AT_ONCE = 400_000  # computed in one slice, a few milliseconds


class Inquiry:
    """The outputs of the network of one moment for every set, (examples, outputs) each.

    `record` holds all cells for `points`, where the picture has any. `go_on` works until time is over, so
    that many images do not stop a run; what it gets is the same in one go and in many.
    """

    def __init__(self, moment: Moment, sets: Sequence[ExampleSet], points: Array | None = None) -> None:
        self.moment = moment
        self.sets = tuple(sets)
        self.points = points
        self.record: Record | None = None
        self._parts: list[list[Array]] = [[] for _ in sets]
        cells = sum(int(np.prod(node.shape)) for node in moment.graph.nodes if not node.is_parameter)
        self._slice = max(1, CELLS_AT_ONCE // max(cells, 1))

    @property
    def is_done(self) -> bool:
        has_points = self.points is None or self.record is not None
        return has_points and all(self._answered(i) == len(one.inputs) for i, one in enumerate(self.sets))

    def outputs(self, place: int) -> Array:
        """What the network says of a set; call it when the inquiry is done."""
        return np.concatenate(self._parts[place])

    def go_on(self, seconds: float) -> bool:
        """Work for about so long; True when all is answered."""
        until = perf_counter() + seconds
        while not self.is_done:
            self._ask()
            if perf_counter() >= until:
                break
        return self.is_done

    def _ask(self) -> None:
        if self.points is not None and self.record is None:
            self.record = self.moment.evaluate(self.points, None)
            return
        place = next(i for i, one in enumerate(self.sets) if self._answered(i) < len(one.inputs))
        start = self._answered(place)
        inputs = self.sets[place].inputs[start : start + self._slice]
        record = self.moment.evaluate(inputs, None)
        self._parts[place].append(np.asarray(record.cells[self.moment.graph.output.a.index]))

    def _answered(self, place: int) -> int:
        return sum(map(len, self._parts[place]))
