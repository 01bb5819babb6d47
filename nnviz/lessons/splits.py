"""Which examples are trained on, which watch over the training, and which are kept for the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array
from nnviz.lessons.errors import BuildError
from nnviz.lessons.schema_data import SplitTable

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """The rows of every part, each in the order of the data; no row is in two parts."""

    training: Rows
    validation: Rows
    test: Rows

    def notes(self) -> tuple[str, ...]:
        """What is kept from training, in words; nothing where nothing is."""
        kept = [(len(self.validation), "to validate"), (len(self.test), "to test")]
        words = " and ".join(f"{count:,} {why}" for count, why in kept if count)
        count = len(self.training) + len(self.validation) + len(self.test)
        return (f"of {count:,} examples {words} with are kept from training",) if words else ()


def parts_of(table: SplitTable | None, count: int, strata: Array | None = None) -> Parts:
    """Rows 0 … count − 1, divided by the seed; every part has its share of every class in `strata`.

    Raises BuildError where nothing is left to train on.
    """
    if table is None:
        return Parts(np.arange(count), np.arange(0), np.arange(0))
    validation, test = (_number(portion, count) for portion in (table.validation, table.test))
    _check_left(validation, test, count)
    order = _mixed(np.zeros(count) if strata is None else strata, table.seed)
    cuts = (validation, validation + test)
    parts = [np.sort(part) for part in (order[cuts[1] :], order[: cuts[0]], order[cuts[0] : cuts[1]])]
    return Parts(*parts)


def last_rounds(table: SplitTable, count: int, size: int) -> Parts:
    """Rows 0 … count − 1 in rounds of `size`, the last rounds to validate and to test with.

    Raises BuildError for a part of a round, for a seed, which has nothing to draw, and where no round is left
    to train on.
    """
    if "seed" in table.model_fields_set:
        raise BuildError("data.split.seed", "found for one text that is cut, whose last pieces are kept")
    rounds = count // size
    portions = {"validation": table.validation, "test": table.test}
    for name, portion in portions.items():
        if isinstance(portion, int) and portion % size:
            wanted = f"wanted a multiple of {size}, one piece of each stream"
            raise BuildError(f"data.split.{name}", f"found {portion:,}, {wanted}")
    validation, test = (
        portion // size if isinstance(portion, int) else _number(portion, rounds)
        for portion in portions.values()
    )
    _check_left(validation * size, test * size, count)
    cuts = np.array([rounds - validation - test, rounds - test]) * size
    return Parts(*np.split(np.arange(count), cuts))


def _check_left(validation: int, test: int, count: int) -> None:
    if validation + test >= count:
        message = f"found {validation:,} examples to validate and {test:,} to test with, "
        raise BuildError("data.split", f"{message}wanted some of all {count:,} left to train on")


def _number(portion: int | float, count: int) -> int:
    return portion if isinstance(portion, int) else int(portion * count + 0.5)


def _mixed(strata: Array, seed: int) -> Rows:
    """All rows in an order in which every stretch has its share of every class.

    A shuffled class of n is laid out at (rank + u) / n, with its own u in [0, 1), and the classes are merged.
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(strata))
    place = np.empty(len(strata))
    for one in np.unique(strata):
        rows = shuffled[strata[shuffled] == one]
        place[rows] = (np.arange(len(rows)) + random.random()) / len(rows)
    return shuffled[np.argsort(place[shuffled], kind="stable")]
