"""A character model trained beside PyTorch's own recurrent modules: 27-64-27, 20 steps, 16 sequences."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row
from nnviz.engine import Initial, dense, gru, lstm, network, rnn
from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.engine.notation import Notation
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Timeline

Array = NDArray[np.float64]

SYMBOLS, UNITS, STEPS, BATCH = 27, 64, 20, 16
LEARNING_RATE = 0.001
REPEATS, EACH = 9, 40
LIMITS = {"simple": 0.7, "lstm": 0.9, "gru": None}
MOVES = 300


def rows() -> Iterator[Row]:
    """Every measurement of this file."""
    for cell, limit in LIMITS.items():
        yield _training(cell, limit)
    yield from _looking()


def _training(cell: str, limit: float | None) -> Row:
    """A training step, all states of the run kept, beside forward, backward and SGD in PyTorch (eager)."""
    try:
        theirs = pytorch_step(cell)
    except ImportError:
        return Row(f"{cell}: PyTorch is not installed", 0.0, "×")
    timeline = new_timeline(cell)
    _same_loss(cell, timeline, theirs)
    ratios, times = [], []
    for _ in range(REPEATS):  # in turn, because absolute times drift
        ours, peer = _seconds(lambda: timeline.extend(1)), _seconds(theirs)
        ratios.append(ours / peer)
        times.append((ours, peer))
    each = " against ".join(f"{1e3 * min(column):.2f}" for column in zip(*times, strict=True))
    return Row(f"{cell}, a training step beside PyTorch ({each} ms), median", median(ratios), "×", limit)


def _seconds(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    for _ in range(EACH):
        run()
    return (time.perf_counter() - start) / EACH


def _same_loss(cell: str, timeline: Timeline, theirs: Callable[[], float]) -> None:
    """Both are trained from weights of the same size on the same data, so the loss is near ln 27 a step."""
    per_step = (timeline.record(0).loss / (STEPS * BATCH), theirs())
    if any(abs(loss - np.log(SYMBOLS)) > 0.3 for loss in per_step):
        raise RuntimeError(f"{cell}: found losses {per_step}, wanted about {np.log(SYMBOLS):.2f}")


def _looking() -> Iterator[Row]:
    """Moments of a 20-step LSTM with 16 units, what a key press needs of the engine; a frame has 16 ms."""
    timeline = new_timeline("lstm", units=16, batch=1)
    walk, textbook = Walk(timeline), Textbook(Notation(timeline.graph))
    length = walk.outline(0).length
    seconds = []
    for place in np.random.default_rng(0).integers(0, length, MOVES):
        start = time.perf_counter()
        resolve(walk, Cursor(0, int(place), 0), textbook)
        seconds.append(1e3 * (time.perf_counter() - start))
    yield Row("moment of an LSTM of 16 units at 20 steps, median", median(seconds), "ms")
    yield Row("the same, 99th percentile", float(np.percentile(seconds, 99)), "ms")


def data(batch: int) -> tuple[Array, Array]:
    """Random symbols, and the symbol that comes next at every step."""
    text = np.random.default_rng(0).integers(0, SYMBOLS, (batch, STEPS + 1))
    eye = np.eye(SYMBOLS)
    return eye[text[:, :-1]], eye[text[:, 1:]]


def new_timeline(cell: str, units: int = UNITS, batch: int = BATCH) -> Timeline:
    """The network, its weights drawn as PyTorch draws them."""
    memory = {"simple": rnn, "lstm": lstm, "gru": gru}[cell](units)
    inputs, targets = data(batch)
    bound = 1 / np.sqrt(units)
    return network(
        [(STEPS, SYMBOLS), memory, dense(SYMBOLS, "softmax")],
        loss="cross_entropy",
        inputs=inputs,
        targets=targets,
        initial=Initial("uniform", low=-bound, high=bound),
        learning_rate=LEARNING_RATE / BATCH / STEPS,
    ).timeline


def pytorch_step(cell: str) -> Callable[[], float]:
    """A training step of PyTorch's fused module: what comes back is the loss of a step and example."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    kind = {"simple": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
    memory = kind(SYMBOLS, UNITS, batch_first=True).double()
    output = torch.nn.Linear(UNITS, SYMBOLS).double()
    inputs, targets = data(BATCH)
    x, t = torch.tensor(inputs), torch.tensor(targets.argmax(axis=2)).reshape(-1)
    optimizer = torch.optim.SGD([*memory.parameters(), *output.parameters()], lr=LEARNING_RATE)

    def step() -> float:
        optimizer.zero_grad()
        states, _ = memory(x)
        loss = torch.nn.functional.cross_entropy(output(states).reshape(-1, SYMBOLS), t)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step
