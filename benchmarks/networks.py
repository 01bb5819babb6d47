"""Fully connected networks trained beside PyTorch and scikit-learn: the same work, an epoch at a time."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row
from nnviz.engine import Conventions, Initial, dense, network
from nnviz.engine.timeline import Settings, Timeline

Array = NDArray[np.float64]

REPEATS = 9
LEARNING_RATE = 0.01
HISTORY_BYTES = 64 * 2**20
MOST_MIB, MOST_JUMP_MS = 256, 300
"""What a run of 10,000 iterations of 784-30-10 may keep, and what a jump in it may cost."""


class Work(NamedTuple):
    """A network, its data, and the most of PyTorch's time that an epoch may take."""

    widths: tuple[int, ...]
    activation: str
    examples: int
    batch: int
    limit: float

    @property
    def name(self) -> str:
        return f"{'-'.join(map(str, self.widths))}, batch {self.batch}"

    @property
    def is_classifier(self) -> bool:
        return self.widths[-1] > 1


WORK = (
    Work((2, 8, 8, 1), "tanh", 500, 10, 0.12),
    Work((64, 32, 10), "relu", 1797, 32, 0.2),
    Work((784, 30, 10), "relu", 2000, 32, 0.45),
    Work((784, 30, 10), "relu", 500, 1, 0.4),
)


def rows() -> Iterator[Row]:
    """Every measurement of this file."""
    for work in WORK:
        timeline = new_timeline(work)
        settings, start = timeline.settings(0), np.array(timeline.state(0).parameters)
        peers: dict[str, Callable[[], object]] = {}
        for name, make in (("PyTorch", _pytorch), ("scikit-learn", _scikit_learn)):
            try:
                peers[name] = make(work, settings, start, timeline)
            except ImportError:
                print(f"{name} is not installed: nothing to measure {work.name} beside")
        yield from _beside(work, timeline, peers)
    yield from _long_run()


def _beside(work: Work, timeline: Timeline, peers: dict[str, Callable[[], object]]) -> Iterator[Row]:
    while timeline.nbytes < 0.9 * HISTORY_BYTES and timeline.length < 40 * timeline.iterations_per_epoch:
        timeline.extend(timeline.iterations_per_epoch)  # until old states make room for new ones
    seconds: dict[str, list[float]] = {name: [] for name in (*peers, "ours")}
    for _ in range(REPEATS):  # in turn, because absolute times drift
        for name, train in peers.items():
            seconds[name].append(_seconds(train))
        seconds["ours"].append(_seconds(lambda: timeline.extend(timeline.iterations_per_epoch)))
    for name in peers:
        ratio = median(a / b for a, b in zip(seconds["ours"], seconds[name], strict=True))
        each = f"{1e3 * min(seconds['ours']):.2f} against {1e3 * min(seconds[name]):.2f} ms an epoch"
        limit = work.limit if name == "PyTorch" else 1.0
        yield Row(f"{work.name}, against {name} ({each}), median", ratio, "×", limit)


def _seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def new_timeline(work: Work) -> Timeline:
    *hidden, outputs = work.widths[1:]
    last, loss = ("softmax", "cross_entropy") if work.is_classifier else ("identity", "squared_error")
    rng = np.random.default_rng(5)
    targets = rng.uniform(-1, 1, (work.examples, 1))
    if work.is_classifier:
        targets = np.eye(outputs)[rng.integers(0, outputs, work.examples)]
    return network(
        [work.widths[0], *hidden, dense(outputs, last)],
        work.activation,
        loss,
        inputs=rng.uniform(0.0, 1.0, (work.examples, work.widths[0])),
        targets=targets,
        initial=Initial("uniform", low=-0.1, high=0.1),
        conventions=Conventions(reduction="mean"),
        learning_rate=LEARNING_RATE,
        batch_size=work.batch,
        budget=HISTORY_BYTES,
    ).timeline


def _pytorch(work: Work, settings: Settings, start: Array, timeline: Timeline) -> Callable[[], object]:
    """An epoch as PyTorch's users write it, in eager mode, with one thread."""
    import torch

    torch.set_num_threads(1)
    graph = timeline.graph
    parameters = [
        torch.tensor(start[graph.slices[node.index]].reshape(node.shape), requires_grad=True)
        for layer in graph.dense
        for node in (layer.w, layer.b)
        if node is not None
    ]
    optimizer = torch.optim.SGD(parameters, lr=LEARNING_RATE)
    assert settings.targets is not None
    x, t = torch.tensor(np.array(settings.inputs)), torch.tensor(np.array(settings.targets))
    classes = t.argmax(dim=1)
    phi = {"tanh": torch.tanh, "relu": torch.relu}[work.activation]
    f = torch.nn.functional

    def loss(rows: slice) -> Any:
        a = x[rows]
        for place in range(0, len(parameters), 2):
            z = f.linear(a, parameters[place], parameters[place + 1])
            a = z if place == len(parameters) - 2 else phi(z)
        return f.cross_entropy(a, classes[rows]) if work.is_classifier else 0.5 * f.mse_loss(a, t[rows])

    def epoch() -> None:
        for first in range(0, work.examples, work.batch):
            error = loss(slice(first, first + work.batch))
            optimizer.zero_grad()
            error.backward()
            optimizer.step()

    return epoch


def _scikit_learn(work: Work, settings: Settings, start: Array, timeline: Timeline) -> Callable[[], object]:
    """One pass of the MLP of scikit-learn with plain gradient descent."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPClassifier if work.is_classifier else MLPRegressor
    model = kind(
        hidden_layer_sizes=work.widths[1:-1],
        activation=work.activation,
        solver="sgd",
        alpha=0.0,
        batch_size=work.batch,
        learning_rate_init=LEARNING_RATE,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=False,
    )
    assert settings.targets is not None
    x, t = np.array(settings.inputs), np.array(settings.targets)
    labels = t.argmax(axis=1) if work.is_classifier else t[:, 0]
    options = {"classes": np.arange(work.widths[-1])} if work.is_classifier else {}

    def epoch() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.partial_fit(x, labels, **options)

    epoch()
    return epoch


def _long_run() -> Iterator[Row]:
    """10,000 iterations of 784-30-10: what they take, and a jump to any of them."""
    work = WORK[2]
    plain = new_timeline(work)
    settings = plain.settings(0)
    run = Timeline(plain.graph, plain.state(0).parameters, settings, batch_size=work.batch)
    run.extend(10_000)
    yield Row("784-30-10, 10,000 iterations: memory of the timeline", run.nbytes / 2**20, "MiB", MOST_MIB)
    random = np.random.default_rng(1)
    jumps = []
    for iteration in random.integers(0, run.length, 60):
        start = time.perf_counter()
        run.record(int(iteration))
        jumps.append(1e3 * (time.perf_counter() - start))
    yield Row("784-30-10, 10,000 iterations: jump to any, slowest of 60", max(jumps), "ms", MOST_JUMP_MS)
