"""LeNet-5 on 28×28 images: training beside PyTorch, and the memory of one record."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row
from nnviz.engine import Conventions, Initial, convolution, dense, max_pool, network
from nnviz.engine.run import Record
from nnviz.engine.timeline import Timeline

Array = NDArray[np.float64]

REPEATS = 15
LEARNING_RATE = 0.001
EXAMPLES = 64
LIMITS = {1: 0.8, 32: 1.3}
"""For a batch size, the most of PyTorch's time that an iteration may take."""
ITERATIONS = {1: 200, 32: 20}
"""What is timed at once, by batch size."""
HISTORY_BYTES = 32 * 2**20


def rows() -> Iterator[Row]:
    """Every measurement of this file."""
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: nothing to measure LeNet-5 beside")
    else:
        torch.set_num_threads(1)
        for batch_size, limit in LIMITS.items():
            yield _beside_pytorch(batch_size, limit)
    record = new_timeline(1).record(0)
    yield Row("memory of one LeNet-5 record for one example", nbytes(record) / 2**20, "MiB", 8)


def _beside_pytorch(batch_size: int, limit: float) -> Row:
    timeline = new_timeline(batch_size)
    peer = PyTorch(timeline, batch_size)
    count = ITERATIONS[batch_size]
    _require_equal_losses(timeline, peer, count)
    _fill_history(timeline)
    ours, theirs = [], []
    for _ in range(REPEATS):  # in turn, because absolute times drift
        theirs.append(_seconds(peer.train, count))
        ours.append(_seconds(timeline.extend, count))
    each = f"{1e3 * min(ours) / count:.2f} against {1e3 * min(theirs) / count:.2f} ms an iteration"
    ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
    return Row(f"LeNet-5, batch of {batch_size}, against PyTorch ({each}), median", ratio, "×", limit)


def _require_equal_losses(timeline: Timeline, peer: PyTorch, count: int) -> None:
    """Run the first iterations of both, which also warms them up."""
    theirs = peer.train(count)
    timeline.extend(count)
    if not np.allclose(timeline.losses_until(count)[:count], theirs, rtol=1e-8):
        raise RuntimeError("found other losses than PyTorch's: not the same arithmetic")


def _fill_history(timeline: Timeline) -> None:
    """Run until old states make room for new ones: what a system takes to hand out memory is not measured."""
    while timeline.nbytes < 0.9 * HISTORY_BYTES:
        timeline.extend(50)


def _seconds(run: Callable[[int], object], count: int) -> float:
    start = time.process_time()  # of this program alone, and one thread: others cannot disturb it
    run(count)
    return time.process_time() - start


def new_timeline(batch_size: int) -> Timeline:
    """61,706 parameters: C1 6@28×28, S2 6@14×14, C3 16@10×10, S4 16@5×5, dense 120, 84 and 10."""
    rng = np.random.default_rng(5)
    layers = [convolution(6, 5, padding=2), max_pool(), convolution(16, 5), max_pool(), 120, 84]
    return network(
        [(1, 28, 28), *layers, dense(10, "softmax")],
        "relu",
        "cross_entropy",
        inputs=rng.uniform(0.0, 1.0, (EXAMPLES, 1, 28, 28)),
        targets=np.eye(10)[rng.integers(0, 10, EXAMPLES)],
        initial=Initial("uniform", low=-0.1, high=0.1),
        conventions=Conventions(reduction="mean"),
        learning_rate=LEARNING_RATE,
        batch_size=batch_size,
        budget=HISTORY_BYTES,
    ).timeline


def nbytes(record: Record) -> int:
    """Memory of a record: every array that its cells lie in, counted once."""
    bases: dict[int, Array] = {}
    for cell in record.cells:
        if isinstance(cell, np.ndarray):
            while isinstance(cell.base, np.ndarray):
                cell = cell.base
            bases[id(cell)] = cell
    return sum(array.nbytes for array in bases.values())


class PyTorch:
    """The same network on the same data from the same parameters, as PyTorch's users write it."""

    def __init__(self, timeline: Timeline, batch_size: int) -> None:
        import torch

        self.torch = torch
        settings, graph = timeline.settings(0), timeline.graph
        assert settings.targets is not None
        self.inputs = torch.tensor(np.array(settings.inputs))
        self.targets = torch.tensor(settings.targets.argmax(axis=1))
        self.batch_size = batch_size
        flat = np.array(timeline.state(0).parameters)
        self.parameters = {
            node.scope: torch.tensor(flat[graph.slices[node.index]].reshape(node.shape), requires_grad=True)
            for node in graph.parameters
        }
        self.optimizer = torch.optim.SGD(self.parameters.values(), lr=settings.learning_rate)
        self.iteration = 0

    def train(self, count: int) -> list[float]:
        """So many iterations, with the loss of each."""
        return [self._iterate() for _ in range(count)]

    def _iterate(self) -> float:
        first = self.iteration * self.batch_size % len(self.inputs)
        rows = slice(first, first + self.batch_size)
        self.iteration += 1
        loss = self.torch.nn.functional.cross_entropy(self._forward(self.inputs[rows]), self.targets[rows])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return float(loss.item())

    def _forward(self, x: object) -> object:
        f, p = self.torch.nn.functional, self.parameters
        x = f.max_pool2d(f.relu(f.conv2d(x, p["c1/w"], p["c1/b"], padding=2)), 2)
        x = f.max_pool2d(f.relu(f.conv2d(x, p["c3/w"], p["c3/b"])), 2)
        x = f.relu(f.linear(x.flatten(1), p["c5/w"], p["c5/b"]))
        x = f.relu(f.linear(x, p["f6/w"], p["f6/b"]))
        return f.linear(x, p["output/w"], p["output/b"])
