"""Measuring a network on examples: forward passes over all of them, some at a time."""

from __future__ import annotations

import numpy as np

from nnviz.engine.batching import given_beside
from nnviz.engine.graph import Graph
from nnviz.engine.measures import Examples, Measure, accuracy, judged, task_of
from nnviz.engine.ops.losses import Loss
from nnviz.engine.program import Program
from nnviz.engine.run import Batch, Record, State, drain, forward

SLICE = 64  # examples whose loss is computed at once: more would not stay in the cache


def measured(program: Program, state: State, examples: Examples, iteration: int) -> Measure:
    """Loss and accuracy of the network of a state, with nothing dropped.

    Of sequences with a target at every step the accuracy is the share of all steps. Each begins with the
    state that is given, and not with what a batch has carried on.
    """
    graph, total, right, decisions = program.graph, 0.0, 0.0, 0
    going = None if graph.going is None else examples.given[graph.going.scope]
    task = task_of(judged(examples.targets, going))
    count = len(examples.inputs)
    for start in range(0, count, SLICE):
        rows = slice(start, min(start + SLICE, count))
        record = _passed(program, state, examples, rows)
        total += record.loss * (len(record.batch.inputs) if is_mean(graph) else 1)
        ends = None if going is None else going[rows]
        outputs = judged(record.cells[graph.output.a.index], ends)
        right += (accuracy(outputs, judged(examples.targets[rows], ends), task) or 0.0) * len(outputs)
        decisions += len(outputs)
    return Measure(iteration, total / count, right / decisions if task else None)


def _passed(program: Program, state: State, examples: Examples, rows: slice) -> Record:
    inputs, targets = examples.inputs[rows], examples.targets[rows]
    given = given_beside(program.graph.given, examples, rows)
    record = Record(program, state, Batch(range(len(inputs)), inputs, targets, given))
    with np.errstate(all="ignore"):
        drain(forward(record))
    return record


def is_mean(graph: Graph) -> bool:
    """Whether the loss is a mean over the examples."""
    return graph.loss is not None and isinstance(graph.loss.op, Loss) and graph.loss.op.mean
