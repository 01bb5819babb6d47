"""Which examples an iteration works on: the rows of the data, batch by batch, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

Rows: TypeAlias = Sequence[int]  # a range where they follow each other in the data
Method = Literal["listed", "shuffled", "batches"]


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows of the data come into batches.

    `listed`: as they stand. `shuffled`: in every epoch in another random order. `batches`: shuffled once and
    cut into mini-batches, the sequence of which is shuffled in every epoch (the notes' algorithm of
    mini-batch gradient descent). Everything random comes from `seed` and the number of the epoch, so an epoch
    is always the same.
    """

    method: Method = "listed"
    seed: int = 0

    def is_always_the_same(self, batches: int) -> bool:
        """Whether every epoch takes the rows as they stand in the data."""
        return self.method == "listed" or (batches == 1 and self.method == "batches")

    def rows(self, examples: int, batch_size: int, iteration: int) -> Rows:
        """The rows of one iteration, counted from 0; the last batch of an epoch may be smaller."""
        per_epoch = -(-examples // batch_size)
        epoch, place = divmod(iteration, per_epoch)
        if self.is_always_the_same(per_epoch):
            return range(place * batch_size, min((place + 1) * batch_size, examples))
        if self.method == "batches":
            place = _permutation(per_epoch, self.seed, 1 + epoch)[place]
            epoch = 0
        order = _permutation(examples, self.seed, -1 if self.method == "batches" else epoch)
        return order[place * batch_size : (place + 1) * batch_size]


@lru_cache(maxsize=8)
def _permutation(count: int, seed: int, turn: int) -> tuple[int, ...]:
    """Every number below `count` once, in a random order of its own for every turn."""
    random = np.random.default_rng((seed, turn + 1))
    return tuple(random.permutation(count).tolist())


LISTED = Order()
