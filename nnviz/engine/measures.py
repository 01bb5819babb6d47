"""How well a network does on a set of examples: its error, and the share that it gets right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array
from nnviz.engine.ops.rounding import first_largest, is_below, is_level

Task = Literal["classes", "binary", "signs"]


@dataclass(frozen=True)
class Examples:
    """Examples that are not trained on, (N, …), and their targets: (N, n_out), at every step (N, T, n_out).

    `given` is what else is given of each, as in `Settings`: where sequences start and end.
    """

    inputs: Array
    targets: Array
    given: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Measure:
    """A set of examples with the parameters that an iteration starts from.

    `loss` is E per example, so that sets of different sizes can be compared; `accuracy` is the share that is
    classified right, None where nothing is classified.
    """

    iteration: int
    loss: float
    accuracy: float | None


def task_of(targets: Array | None) -> Task | None:
    """What kind of decision targets stand for; None for a regression.

    One-hot rows are classes, a single column of 0 and 1 or of −1 and 1 is a choice of two.
    """
    if targets is None or targets.ndim != 2 or not len(targets):
        return None
    if targets.shape[1] > 1:
        is_one_hot = bool(np.isin(targets, (0.0, 1.0)).all() and (targets.sum(axis=1) == 1.0).all())
        return "classes" if is_one_hot else None
    if np.isin(targets, (0.0, 1.0)).all():
        return "binary"
    return "signs" if np.isin(targets, (-1.0, 1.0)).all() else None


def judged(values: Array, going: Array | None = None) -> Array:
    """The rows that are judged one by one: of outputs or targets at every step those of all steps.

    Steps where a sequence is no longer `going` are left out.
    """
    if values.ndim < 3:
        return values
    return values.reshape(-1, values.shape[-1]) if going is None else values[going > 0.0]


def decided(outputs: Array, task: Task) -> NDArray[np.int64]:
    """The class that each row of outputs speaks for: the largest, or above 0.5, or above 0."""
    if task == "classes":
        return first_largest(outputs)
    return np.asarray(is_below(_threshold(task), outputs[:, 0]), dtype=np.int64)


def is_right(outputs: Array, targets: Array, task: Task) -> NDArray[np.bool_]:
    """Which examples are classified right; an output that is undecided is not."""
    right = np.equal(decided(outputs, task), decided(targets, task))
    if task != "classes":
        right &= ~is_level(outputs[:, 0], _threshold(task))
    return right


def _threshold(task: Task) -> float:
    return 0.5 if task == "binary" else 0.0


def accuracy(outputs: Array, targets: Array, task: Task | None) -> float | None:
    """The share of examples that is classified right; None where nothing is classified."""
    if task is None or not len(outputs):
        return None
    return float(np.mean(is_right(outputs, targets, task)))


def best(measures: Sequence[Measure]) -> Measure | None:
    """The last of those with the smallest loss, as the notes' early stopping keeps it."""
    if not measures:
        return None
    lowest = min(one.loss for one in measures)
    return next((one for one in reversed(measures) if not is_below(lowest, one.loss)), measures[-1])
