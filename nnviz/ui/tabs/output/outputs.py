"""Which pictures of its outputs a network can have, and the neurons that can be chosen for them."""

from __future__ import annotations

from enum import Enum

import numpy as np

from nnviz.engine.graph import Graph
from nnviz.engine.measures import Task
from nnviz.engine.moment import Moment
from nnviz.engine.notation import Notation
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Part
from nnviz.ui.picture.surface import Choice
from nnviz.ui.picture.traits import is_planar

MOST_TOGETHER = 64  # neurons of one layer that are shown side by side


class Look(Enum):
    """One way to show what a network says."""

    SURFACE = "Surface"
    CURVE = "Curve"
    CONFUSION = "Confusion"
    PREDICTED = "Predicted"


def looks_of(graph: Graph, task: Task | None) -> tuple[Look, ...]:
    """The pictures that apply, the best one first; none where nothing can be compared.

    `task` is what the targets decide, None for numbers that are fitted.
    """
    plots = [Look.SURFACE if graph.inputs.shape == (2,) else Look.CURVE] if is_planar(graph) else []
    if graph.target is None:
        return tuple(plots)
    return (*plots, Look.CONFUSION if task is not None else Look.PREDICTED)


def choices_of(graph: Graph, notation: Notation, look: Look) -> tuple[tuple[str, Choice], ...]:
    """The neurons to choose from with their names, the output first."""
    last = len(graph.layers) - 1
    output, names = graph.output, []
    if look is Look.PREDICTED:
        return tuple((notation.neuron(output, i), Choice(last, i)) for i in range(output.units))
    if output.units == 1:
        names.append((f"Output: {notation.neuron(output, 0)}", Choice(last, 0)))
    else:
        names.append(("Output: all classes", Choice(last, None)))
        names += [(notation.neuron(output, i), Choice(last, i)) for i in range(output.units)]
    for place, layer in enumerate(graph.layers[:-1]):
        if look is Look.SURFACE and 1 < layer.units <= MOST_TOGETHER:
            title = f"{layer.title}: all {counted(layer.units, 'neuron')}"
            names.append((title, Choice(place, None)))
        names += [(notation.neuron(layer, i), Choice(place, i)) for i in range(layer.units)]
    return tuple(names)


def parameters_at(moment: Moment) -> Array:
    """All that the answers of this iteration depend on, in one vector."""
    arrays = [moment.known[node.scope, Part.VALUE].array.ravel() for node in moment.graph.parameters]
    return np.concatenate(arrays) if arrays else np.empty(0)
