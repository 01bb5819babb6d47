"""Measuring a network on examples: forward passes over all of them, some at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnviz.engine.batching import given_beside
from nnviz.engine.carried import NOTHING_CARRIED, Carried
from nnviz.engine.graph import Graph
from nnviz.engine.measures import Examples, Measure, accuracy, judged, task_of
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.losses import Loss
from nnviz.engine.program import Program
from nnviz.engine.run import Batch, Record, State, drain, forward

SLICE = 64  # examples whose loss is computed at once: more would not stay in the cache


def measured(
    program: Program,
    state: State,
    examples: Examples,
    iteration: int,
    carried: Carried = NOTHING_CARRIED,
    starts: Array | None = None,
) -> tuple[Measure, Array | None]:
    """Loss and accuracy of the network of a state, with nothing dropped, and the states it comes to.

    Of sequences with a target at every step the accuracy is the share of all steps. Where pieces of a text
    are `carried` on, each starts with the states that the piece before it has ended with; the first ones with
    those in `starts`, or with those that are given.
    """
    graph, total, right, decisions = program.graph, 0.0, 0.0, 0
    going = None if graph.going is None else examples.given[graph.going.scope]
    task = task_of(judged(examples.targets, going))
    count = len(examples.inputs)
    for rows, record in _passed(program, state, examples, carried, starts):
        total += record.loss * (len(record.batch.inputs) if is_mean(graph) else 1)
        ends = None if going is None else going[rows]
        outputs = judged(record.cells[graph.output.a.index], ends)
        right += (accuracy(outputs, judged(examples.targets[rows], ends), task) or 0.0) * len(outputs)
        decisions += len(outputs)
    one = Measure(iteration, total / count, right / decisions if task else None)
    return one, _ended(carried, record)


def _ended(carried: Carried, record: Record) -> Array | None:
    """The states that a batch has come to, where they are carried on."""
    if not carried.size:
        return None
    states = np.empty(carried.size)
    carried.write(record.cells, states)
    return states


def _passed(
    program: Program, state: State, examples: Examples, carried: Carried, starts: Array | None
) -> Iterator[tuple[slice, Record]]:
    """Forward passes over all examples, as many at a time as go on from each other."""
    count, size = len(examples.inputs), carried.examples if carried.size else SLICE
    for start in range(0, count, size):
        rows = slice(start, min(start + size, count))
        inputs, targets = examples.inputs[rows], examples.targets[rows]
        given = given_beside(program.graph.given, examples, rows)
        if starts is not None:
            given |= carried.starts(starts)
        record = Record(program, state, Batch(range(len(inputs)), inputs, targets, given))
        with np.errstate(all="ignore"):
            drain(forward(record))
        starts = _ended(carried, record)
        yield rows, record


def is_mean(graph: Graph) -> bool:
    """Whether the loss is a mean over the examples."""
    return graph.loss is not None and isinstance(graph.loss.op, Loss) and graph.loss.op.mean
