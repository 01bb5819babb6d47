"""What a network has of which there are pictures: it decides which tabs are there."""

from __future__ import annotations

from nnviz.engine.graph import Graph, WeightedLayer
from nnviz.engine.ops.step_losses import GivenErrors
from nnviz.engine.recurrent import RecurrentLayer


def always(graph: Graph) -> bool:
    return True


def never(graph: Graph) -> bool:
    return False


def has_maps(graph: Graph) -> bool:
    return graph.has_maps


def has_steps(graph: Graph) -> bool:
    return graph.has_steps


def learns_in_steps(graph: Graph) -> bool:
    return graph.has_steps and graph.trains


def has_weights(graph: Graph) -> bool:
    return any(isinstance(layer, WeightedLayer | RecurrentLayer) for layer in graph.layers)


def has_loss(graph: Graph) -> bool:
    """Whether the error is computed, and not given from behind."""
    return graph.loss is not None and not isinstance(graph.loss.op, GivenErrors)


def learns_from_loss(graph: Graph) -> bool:
    return graph.trains and has_loss(graph)


def is_planar(graph: Graph) -> bool:
    """Whether its whole input can be drawn: one or two numbers, no image."""
    return graph.inputs.shape in ((1,), (2,)) and not graph.output.is_map


def has_answers(graph: Graph) -> bool:
    """Whether its outputs can be drawn over its inputs, or compared with targets."""
    return (is_planar(graph) or graph.target is not None) and not graph.has_steps
