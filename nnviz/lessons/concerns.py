"""Numbers of a lesson that can be computed with, but from which nothing can be learned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnviz.engine.graph import Graph, Layer
from nnviz.engine.measures import judged
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.elementwise import Logistic, Threshold
from nnviz.engine.ops.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.ops.step_losses import TotalLoss
from nnviz.engine.settings import Settings

LARGEST = 1e100  # of data: its squares have 200 digits, and those of what comes of it soon too many
PROBABILITIES = (Logistic, Softmax, Threshold)  # functions that give numbers from 0 to 1
SUM_SLACK = 1e-6  # of a distribution that is written in decimals


def concerns(graph: Graph, settings: Settings) -> tuple[str, ...]:
    """What is wrong with the numbers of a lesson that trains, in sentences."""
    return tuple(_concerns(graph, settings)) if graph.trains else ()


def _concerns(graph: Graph, settings: Settings) -> Iterator[str]:
    for what, table in (("inputs", settings.inputs), ("targets", settings.targets)):
        largest = 0.0 if table is None else float(np.abs(table).max(initial=0.0))
        if largest > LARGEST:
            yield (
                f"The {what} are as large as {show(largest, 1)}: sums and squares of them overflow. "
                "No learning rate helps, only smaller numbers: normalize the data."
            )
    for layer in graph.layers:
        if isinstance(layer.a.op, Softmax) and layer.a.shape[-1] == 1:
            yield (
                f"{layer.title} is a softmax of one neuron: it is always 1 and its slope 0, so nothing "
                "learns. For two classes take two neurons, or one with the logistic function."
            )
        if isinstance(layer.a.op, Threshold):
            yield f"{layer.title} is a threshold, whose slope is 0 everywhere: nothing in front of it learns."
    yield from _about_targets(graph, settings)


def _about_targets(graph: Graph, settings: Settings) -> Iterator[str]:
    assert graph.loss is not None and settings.targets is not None
    loss = graph.loss.op.loss if isinstance(graph.loss.op, TotalLoss) else graph.loss.op
    going = None if graph.going is None else settings.given[graph.going.scope]
    targets = judged(settings.targets, going)
    if isinstance(loss, BinaryCrossEntropy):
        yield from _about_probabilities(graph.output)
        outside = targets[(targets < 0.0) | (targets > 1.0)]
        if outside.size:
            yield (
                f"Found a target of {_shown(outside[0])}, where the binary cross-entropy takes targets for "
                "probabilities from 0 to 1: E has no lowest value, and training does not end."
            )
    if isinstance(loss, SoftmaxCrossEntropy):
        yield from _about_distributions(targets)


def _about_probabilities(output: Layer) -> Iterator[str]:
    if not isinstance(output.a.op, PROBABILITIES):
        yield (
            f"The binary cross-entropy takes the outputs of {output.title} for probabilities from 0 to 1; "
            "they may lie outside, where E is not a number: take the logistic function there."
        )


def _about_distributions(targets: Array) -> Iterator[str]:
    negative = targets[targets < 0.0]
    if negative.size:
        yield (
            f"Found a target of {_shown(negative[0])}, where the cross-entropy takes targets for the shares "
            "of the classes: E has no lowest value, and training does not end."
        )
        return
    sums = targets.sum(axis=1)
    other = sums[np.abs(sums - 1.0) > SUM_SLACK]
    if other.size:
        yield (
            f"Found targets with the sum {_shown(other[0])}, where the cross-entropy takes targets for the "
            "shares of the classes: the shares of a softmax add up to 1, so it cannot reach them."
        )


def _shown(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")
