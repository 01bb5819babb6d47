"""The power-plant network of the notes to convergence, beside a plain numpy loop of the same arithmetic."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row
from nnviz.engine import dense, network
from nnviz.engine.timeline import Stop, Timeline

Array = NDArray[np.float64]

REPEATS = 7
LEARNING_RATE = 0.2
STOP = Stop(loss_below=1e-4, iterations=20_000)
ITERATIONS = 7_609
DATA = np.array([[0.04, 0.81, 0.94], [0.84, 0.58, 0.13], [0.50, 0.07, 0.57], [0.53, 1.00, 0.36]])
WEIGHTS = (
    np.array([[0.10, -0.20, 0.11], [-0.19, 0.09, -0.13], [0.04, 0.11, -0.02]]),
    np.array([[0.15, -0.04, 0.10, 0.06], [0.12, 0.20, 0.14, -0.09]]),
    np.array([[0.10, 0.12, -0.50]]),
)
"""One row a neuron, its bias first."""


def rows() -> Iterator[Row]:
    """Every measurement of this file."""
    ours, plain = [], []
    for _ in range(REPEATS):  # in turn, because absolute times drift
        plain.append(_seconds(plain_loop))
        ours.append(_seconds(engine))
    each = f"{1e6 * min(ours) / ITERATIONS:.1f} against {1e6 * min(plain) / ITERATIONS:.1f} µs an iteration"
    ratio = median(a / b for a, b in zip(ours, plain, strict=True))
    yield Row(f"{ITERATIONS:,} iterations against a plain numpy loop ({each}), median", ratio, "×", 1.5)
    yield Row(f"the same, best of {REPEATS} against best of {REPEATS}", min(ours) / min(plain), "×", 1.5)
    timeline = new_timeline()
    timeline.extend(STOP.iterations, STOP)
    yield Row(f"memory of all {timeline.length:,} states", timeline.nbytes / 2**20, "MiB", 8)


def _seconds(run: Callable[[], int]) -> float:
    start = time.perf_counter()
    iterations = run()
    seconds = time.perf_counter() - start
    if iterations != ITERATIONS:
        raise RuntimeError(f"found {iterations} iterations, wanted {ITERATIONS}: not the same arithmetic")
    return seconds


def new_timeline() -> Timeline:
    layers = [dense(len(rows), w=rows[:, 1:], b=rows[:, 0]) for rows in WEIGHTS]
    data = {"inputs": DATA[:, :2], "targets": DATA[:, 2:]}
    return network([2, *layers], "logistic", learning_rate=LEARNING_RATE, **data).timeline


def engine() -> int:
    """The engine, keeping every state and loss."""
    timeline = new_timeline()
    timeline.extend(STOP.iterations, STOP)
    return timeline.length - 1


def plain_loop() -> int:
    """What somebody would write by hand: no states kept but the last, no look at anything in between."""
    weights = [w[:, 1:].copy() for w in WEIGHTS]
    biases = [w[:, 0].copy() for w in WEIGHTS]
    x, t = DATA[:, :2].copy(), DATA[:, 2:].copy()
    losses: list[float] = []
    while True:
        activations = [x]
        for w, b in zip(weights, biases, strict=True):
            activations.append(1.0 / (1.0 + np.exp(-(activations[-1] @ w.T + b))))
        error = activations[-1] - t
        losses.append(0.5 * float((error * error).sum()))
        if losses[-1] < 1e-4:
            return len(losses) - 1
        delta = error * activations[-1] * (1.0 - activations[-1])
        gradients: list[tuple[Array, Array]] = []
        for i in (2, 1, 0):
            gradients.append((delta.T @ activations[i], delta.sum(axis=0)))
            if i:
                delta = (delta @ weights[i]) * activations[i] * (1.0 - activations[i])
        for i, (gradient_w, gradient_b) in zip((2, 1, 0), gradients, strict=True):
            weights[i] = weights[i] - LEARNING_RATE * gradient_w
            biases[i] = biases[i] - LEARNING_RATE * gradient_b
