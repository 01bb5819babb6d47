"""The second derivatives of the error, for Newton's step."""

from __future__ import annotations

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.engine.program import Program
from nnviz.engine.run import Batch, Record, State, backward, drain, forward

STEP = 1e-5


def curvature(program: Program, learning: Array, inputs: Array, targets: Array) -> Array:
    """H, (n, n), from central differences of ∂E/∂w with the penalty: exact for a parabola up to rounding."""
    batch = Batch(range(len(inputs)), inputs, targets)
    columns = []
    for i, w in enumerate(learning):
        h = STEP * max(1.0, abs(float(w)))
        ahead, behind = learning.copy(), learning.copy()
        ahead[i] += h
        behind[i] -= h
        columns.append((_gradient(program, ahead, batch) - _gradient(program, behind, batch)) / (2 * h))
    matrix = np.array(columns)
    return 0.5 * (matrix + matrix.T)


def _gradient(program: Program, learning: Array, batch: Batch) -> Array:
    record = Record(program, State(learning, 0.0), batch)
    drain(forward(record))
    drain(backward(record))
    return program.total_gradient(learning, record.cells[program.flat_gradient])
