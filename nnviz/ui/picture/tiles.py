"""What every neuron says of the whole plane of two inputs, coarse enough to stand in a neuron."""

from __future__ import annotations

import numpy as np

from nnviz.engine.graph import Graph
from nnviz.engine.measures import task_of
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array
from nnviz.engine.run import Record
from nnviz.ui.picture.axes import input_axis
from nnviz.ui.picture.surface import Choice, Plane, scale_of

SIDE = 32  # points along each side


class Tiles:
    """The surfaces of all neurons at a moment. The network is asked only when the first one is painted."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._plane: Plane | None = None
        self._record: Record | None = None

    def of(self, layer: int, unit: int) -> Array:
        """How much of which color, −1 to 1, as rows and columns; the first row is that of the largest x₂."""
        if self._plane is None or self._record is None:
            inputs = self._moment.settings.inputs
            x, y = (input_axis(self._moment, i, inputs[:, i]) for i in range(2))
            self._plane = Plane(x, y, SIDE)
            self._record = self._moment.evaluate(self._plane.points(), None)
        graph = self._moment.graph
        values = self._plane.squared(self._record.cells[graph.layers[layer].a.index])[..., unit]
        with np.errstate(all="ignore"):
            return scale_of(
                self._moment, Choice(layer, unit), values, task_of(self._moment.settings.targets)
            ).part(values)


def has_tiles(graph: Graph) -> bool:
    """Two inputs, no maps, and not more neurons than can be drawn as circles."""
    return graph.inputs.shape == (2,) and not graph.has_maps
