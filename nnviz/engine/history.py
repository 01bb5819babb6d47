"""The states of a run as rows of memory: all of them up to a byte budget, then ever fewer of the far past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.ops.base import Array

CHUNK_BYTES = 256 * 1024


@dataclass(slots=True)
class _Chunk:
    """Rows for every `stride`-th iteration from `start` on; `used` of them are filled."""

    start: int
    stride: int
    rows: Array
    used: int

    @property
    def last(self) -> int:
        return self.start + (self.used - 1) * self.stride


class History:
    """Parameter vectors by iteration.

    `last` is the newest row, read-only; `nearest(k)` gives the latest row that is kept at or before
    iteration k, so that the rest can be replayed. Over the budget, every other row of the oldest densest
    chunk is given up.
    """

    def __init__(self, width: int, budget: int = 256 * 2**20) -> None:
        self._width = width
        self._budget = budget
        self._chunks: list[_Chunk] = []
        self.length = 0

    @property
    def nbytes(self) -> int:
        return sum(chunk.rows.nbytes for chunk in self._chunks)

    def append(self, parameters: Array) -> None:
        """Keep a copy of one more state."""
        if not self._chunks or self._chunks[-1].used == len(self._chunks[-1].rows):
            self._add_chunk()
        chunk = self._chunks[-1]
        self.last: Array = chunk.rows[chunk.used]
        self.last[:] = parameters
        self.last.flags.writeable = False
        chunk.used += 1
        self.length += 1

    def nearest(self, iteration: int) -> tuple[int, Array]:
        """(k, row) of the latest kept iteration k ≤ `iteration`. Raises IndexError outside the run."""
        if not 0 <= iteration < self.length:
            raise IndexError(f"iteration {iteration} is outside 0 … {self.length - 1}")
        low, high = 0, len(self._chunks) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._chunks[middle].start <= iteration else (low, middle - 1)
        chunk = self._chunks[low]
        row = min((iteration - chunk.start) // chunk.stride, chunk.used - 1)
        return chunk.start + row * chunk.stride, chunk.rows[row]

    def before(self, iteration: int) -> History:
        """A history that shares everything before `iteration` and has nothing from there on."""
        past = History(self._width, self._budget)
        for chunk in self._chunks:
            if chunk.start >= iteration:
                break
            used = min(chunk.used, (iteration - 1 - chunk.start) // chunk.stride + 1)
            rows = chunk.rows if used == len(chunk.rows) else chunk.rows[:used].copy()
            past._chunks.append(_Chunk(chunk.start, chunk.stride, rows, used))
        past.length = iteration
        return past

    def _add_chunk(self) -> None:
        rows = max(8, CHUNK_BYTES // max(1, self._width * 8))
        while self.nbytes + rows * self._width * 8 > self._budget and self._thin():
            pass
        self._chunks.append(_Chunk(self.length, 1, np.empty((rows, self._width)), 0))

    def _thin(self) -> bool:
        """Give up every other row of the oldest chunk with the smallest stride; False if there is none."""
        candidates = [chunk for chunk in self._chunks if chunk.used > 1]
        if not candidates:
            return False
        chunk = min(candidates, key=lambda c: (c.stride, c.start))
        chunk.rows = chunk.rows[: chunk.used : 2].copy()
        chunk.used = len(chunk.rows)
        chunk.stride *= 2
        return True
