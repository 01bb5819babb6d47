"""Gradients against central differences: does backpropagation compute what the error function says?

∂E/∂w ≈ (E(w + ε) − E(w − ε)) / 2ε, for one number at a time. What it differs from the true derivative by
shrinks with ε², while the rounding of E grows with 1/ε; ε = 10⁻⁶ is a good compromise for numbers around 1.
Where φ has a kink within ε of a weighted sum, such as ReLU at 0, the difference means nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from nnviz.engine.fitting import require_examples, require_parameters
from nnviz.engine.graph import Graph
from nnviz.engine.ops.base import Array, Cell, Op
from nnviz.engine.optimizers import GradientDescent
from nnviz.engine.program import Program
from nnviz.engine.run import Batch, Record, State, backward, drain, forward
from nnviz.engine.timeline import Timeline

FLOOR = 1e-8  # below it, a central difference is nothing but rounding


class GradientCheck(NamedTuple):
    """How far the two gradients of one array are apart.

    `absolute` is the largest |g − n| over all cells, `relative` the largest |g − n| / max(|g|, |n|, 10⁻⁸),
    and `cell` where the latter is found; `gradient` is g, what backpropagation says there, and `difference`
    is n, the central difference.
    """

    scope: str
    absolute: float
    relative: float
    cell: Cell
    gradient: float
    difference: float

    def agrees(self, relative: float = 1e-6, absolute: float = 1e-8) -> bool:
        """Whether the largest difference can be put down to rounding."""
        return self.absolute <= absolute or self.relative <= relative


def check_gradients(
    run: Timeline | Graph, parameters: Array, batch: Batch, epsilon: float = 1e-6
) -> list[GradientCheck]:
    """∂E/∂w of every parameter that learns, by `run.backward`, against central differences of E.

    `parameters` is the flat vector of a state. It takes two forward passes a parameter, so it is for small
    networks. The passes run with α = 0, so that old and new weights are the same in the backward pass.
    Raises ValueError for a graph without a loss or without parameters that learn.
    """
    program = run.program if isinstance(run, Timeline) else Program(run, GradientDescent())
    graph = program.graph
    if not graph.trains:
        raise ValueError(
            "found a graph without a loss or without trainable parameters, wanted one that learns"
        )

    require_parameters(graph, parameters)
    require_examples(graph, batch.inputs, batch.targets)

    def loss(values: Array) -> float:
        record = Record(program, State(values, 0.0), batch)
        drain(forward(record))
        return record.loss

    record = Record(program, State(parameters, 0.0), batch)
    drain(forward(record))
    drain(backward(record))
    learning = slice(0, graph.trainable_size)
    differences = central_differences(loss, parameters, epsilon, learning)
    return [
        _compared(
            node.scope,
            np.asarray(record.cells[program.gradient(node)]),
            differences[graph.slices[node.index]].reshape(node.shape),
        )
        for node in graph.parameters
        if node.is_trainable
    ]


def check_op(op: Op, *inputs: Array, epsilon: float = 1e-6) -> list[GradientCheck]:
    """Every ``d_<argument>`` of one op at `inputs`, against central differences of Σ c·y.

    c is a fixed array of different numbers, so that mixed-up cells cannot cancel; for a loss it is 1.
    """
    if len(inputs) > len(op.arguments):
        wanted = ", ".join(op.arguments)
        raise ValueError(f"found {len(inputs)} inputs, wanted at most {len(op.arguments)}: {wanted}")
    xs = [np.asarray(x, dtype=np.float64) for x in inputs]
    y = op.forward(*xs)
    c = np.cos(np.arange(np.size(y))).reshape(np.shape(y)) if np.ndim(y) else 1.0
    checks = []
    for slot, x in enumerate(xs):
        derivative = op.derivative_of(slot)
        if derivative is None:
            continue

        def total(values: Array, slot: int = slot) -> float:
            return float(np.sum(c * op.forward(*xs[:slot], values, *xs[slot + 1 :])))

        gradient: Any = derivative(c, y, *xs)
        checks.append(_compared(op.arguments[slot], gradient, central_differences(total, x, epsilon)))
    return checks


def central_differences(
    function: Callable[[Array], float], x: Array, epsilon: float = 1e-6, cells: slice = slice(None)
) -> Array:
    """(f(x + ε) − f(x − ε)) / 2ε for every cell of `x`, or for `cells` of it in reading order."""
    flat = x.ravel()
    differences = np.zeros(flat.shape)
    for i in range(flat.size)[cells]:
        above, below = flat.copy(), flat.copy()
        above[i] += epsilon
        below[i] -= epsilon
        step = above[i] - below[i]  # what is left of 2ε after rounding
        differences[i] = (function(above.reshape(x.shape)) - function(below.reshape(x.shape))) / step
    return differences.reshape(x.shape)


def _compared(scope: str, gradient: Array, differences: Array) -> GradientCheck:
    apart = np.abs(gradient - differences)
    relative = apart / np.maximum(np.maximum(np.abs(gradient), np.abs(differences)), FLOOR)
    worst = np.unravel_index(int(np.argmax(relative)), relative.shape)
    cell = tuple(int(i) for i in worst)
    largest = float(relative[cell])
    return GradientCheck(
        scope, float(apart.max()), largest, cell, float(gradient[cell]), float(differences[cell])
    )
