"""What every use of a shared weight contributes to its gradient: by time step, by example, by error.

A training step computes the gradient of a weight over all steps at once. These are its parts, computed by the
same derivatives for one step or one example at a time, when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from nnviz.engine.graph import Graph, GraphError, Node, WeightedLayer
from nnviz.engine.ops.base import NOISE, TINY, Array, Contraction
from nnviz.engine.ref import STEP_LOSSES
from nnviz.engine.run import Record

Numbers = Callable[[Node], Array]
ALL = slice(None)


def readers_of(graph: Graph, parameter: Node) -> Iterator[tuple[Node, int]]:
    """The sums that a shared weight is used in, and the slot by which it comes in."""
    for node in graph.readers.get(parameter.index, ()):
        if isinstance(node.op, Contraction):
            yield node, node.inputs.index(parameter.index)


def gradient_of(
    graph: Graph, parameter: Node, values: Numbers, errors: Numbers, rows: slice = ALL, steps: slice = ALL
) -> Array:
    """∂E/∂w as far as some examples and some steps of time contribute to it."""
    total = np.zeros(parameter.shape)
    for node, slot in readers_of(graph, parameter):
        derivative = node.op.derivative_of(slot)
        assert derivative is not None
        inputs = [graph.nodes[i] for i in node.inputs]
        xs = [values(one) if one.is_parameter else values(one)[rows, steps] for one in inputs]
        total += derivative(errors(node)[rows, steps], None, *xs)
    return total


def shares_of(graph: Graph, parameter: Node, values: Numbers, errors: Numbers, only: slice) -> Array:
    """What some examples alone contribute to the gradient of a parameter of any layer."""
    shares = _shares(graph, parameter, values, errors, only)
    return _without_noise(shares, lambda: _shares(graph, parameter, _sizes(values), _sizes(errors), only))


def _shares(graph: Graph, parameter: Node, values: Numbers, errors: Numbers, only: slice) -> Array:
    layer = graph.layer_of(parameter)
    if layer is not None and layer.is_stepwise:
        return gradient_of(graph, parameter, values, errors, only)
    assert isinstance(layer, WeightedLayer)
    reader = layer.reader_of(parameter)
    derivative = reader.op.derivative_of(reader.inputs.index(parameter.index))
    assert derivative is not None
    nodes = [graph.nodes[i] for i in reader.inputs]
    xs = [values(one) if one.is_parameter else values(one)[only] for one in nodes]
    shares: Array = derivative(errors(reader)[only], None, *xs)
    return shares


def gradients_by_step(
    graph: Graph, parameter: Node, values: Numbers, errors: Numbers, rows: slice = ALL
) -> Array:
    """The contribution of every time step: (T, …), which add up to ∂E/∂w."""
    found = _by_step(graph, parameter, values, errors, rows)
    return _without_noise(found, lambda: _by_step(graph, parameter, _sizes(values), _sizes(errors), rows))


def _by_step(graph: Graph, parameter: Node, values: Numbers, errors: Numbers, rows: slice) -> Array:
    node, _ = next(readers_of(graph, parameter))
    steps = range(node.shape[0])
    return np.stack([gradient_of(graph, parameter, values, errors, rows, slice(t, t + 1)) for t in steps])


def _sizes(numbers: Numbers) -> Numbers:
    return lambda node: np.abs(numbers(node))


def _without_noise(sums: Array, sizes: Callable[[], Array]) -> Array:
    """Sums with 0 where they are nothing but rounding; `sizes` are those of the amounts of their terms."""
    tiny = (np.abs(sums) < TINY) & (sums != 0.0)
    if not tiny.any():
        return sums
    return np.where(tiny & (np.abs(sums) <= NOISE * sizes()), 0.0, sums)


def record_of_error(record: Record, step: int) -> Record:
    """The backward pass of an iteration, run with the error of one time step only.

    Raises GraphError where the steps have no errors of their own.
    """
    program = record.program
    if STEP_LOSSES not in program.graph:
        raise GraphError("found one error for the whole sequence, wanted an error at every step")
    seed = program.gradient(program.graph[STEP_LOSSES])
    alone = Record(program, record.state, record.batch)
    gradient = alone.cells[program.flat_gradient]
    alone.cells[:] = record.cells
    alone.cells[program.flat_gradient] = gradient
    only = np.zeros_like(record.cells[seed])
    only[:, step] = record.cells[seed][:, step]
    alone.cells[seed] = only
    for one in program.backward:
        if one.writes != seed:
            reads = (alone.cells[i] for i in one.reads)
            alone.cells[one.writes] = one.compute(*reads, out=alone.memory[one.writes])
    return alone


def contributions(record: Record, scope: str, error: int | None = None) -> Array:
    """What each time step adds to the gradient of a weight: (T, …); of one error E(t) alone, or of all.

    Of a node that stands in the steps it is ∂E/∂ of it itself, (N, T, …).
    """
    run = record if error is None else record_of_error(record, error)
    graph, program = run.program.graph, run.program
    if not graph[scope].is_parameter:
        return np.asarray(run.cells[program.gradient(graph[scope])])
    return gradients_by_step(
        graph,
        graph[scope],
        lambda node: np.asarray(run.cells[node.index]),
        lambda node: np.asarray(run.cells[program.gradient(node)]),
    )
