"""The states of a run in memory: all of them up to a byte budget, then ever fewer of the far past."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.ops.base import Array

CHUNK_BYTES = 256 * 1024
ARRAY_BYTES = 128  # what an array takes beside its numbers
ROW_BYTES = 64 * 1024
"""Of larger states only some are kept: fresh memory for them would cost as much as to run the iteration."""


@dataclass(slots=True)
class _Chunk:
    """Rows for every `stride`-th iteration from `start` on."""

    start: int
    stride: int
    rows: list[Array]


class History:
    """Parameter vectors by iteration.

    `last` is the newest row, read-only; `nearest(k)` gives the latest row that is kept at or before
    iteration k, so that the rest can be replayed. Over the budget, every other row of the oldest densest
    chunk is given up.
    """

    def __init__(self, width: int, budget: int = 256 * 2**20) -> None:
        self._width = width
        self._budget = budget
        self._row_bytes = 8 * width + ARRAY_BYTES
        self._chunks: list[_Chunk] = []
        self._stride = 1 + self._row_bytes // ROW_BYTES
        self._room = 0  # for how many more rows the newest chunk has room
        self._next = 0  # the iteration whose row is kept next
        self.length = 0

    @property
    def nbytes(self) -> int:
        return self._row_bytes * sum(len(chunk.rows) for chunk in self._chunks)

    def append(self, parameters: Array) -> None:
        """Keep one more state. The array itself is kept, not a copy, and is read-only from here on."""
        parameters.flags.writeable = False
        self.last = parameters
        if self.length == self._next:
            self._keep(parameters)
        self.length += 1

    def _keep(self, parameters: Array) -> None:
        if not self._room:
            self._add_chunk()
        self._chunks[-1].rows.append(parameters)
        self._room -= 1
        self._next += self._stride

    def nearest(self, iteration: int) -> tuple[int, Array]:
        """(k, row) of the latest kept iteration k ≤ `iteration`. Raises IndexError outside the run."""
        if not 0 <= iteration < self.length:
            raise IndexError(f"iteration {iteration} is outside 0 … {self.length - 1}")
        low, high = 0, len(self._chunks) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._chunks[middle].start <= iteration else (low, middle - 1)
        chunk = self._chunks[low]
        row = min((iteration - chunk.start) // chunk.stride, len(chunk.rows) - 1)
        return chunk.start + row * chunk.stride, chunk.rows[row]

    def before(self, iteration: int) -> History:
        """A history that shares everything before `iteration` and has nothing from there on."""
        past = History(self._width, self._budget)
        for chunk in self._chunks:
            if chunk.start >= iteration:
                break
            used = (iteration - 1 - chunk.start) // chunk.stride + 1
            past._chunks.append(_Chunk(chunk.start, chunk.stride, chunk.rows[:used]))
        past.length = past._next = iteration
        return past

    def _add_chunk(self) -> None:
        self._room = max(8, CHUNK_BYTES // self._row_bytes)
        while self.nbytes + self._room * self._row_bytes > self._budget and self._thin():
            pass
        self._chunks.append(_Chunk(self.length, self._stride, []))

    def _thin(self) -> bool:
        """Give up every other row of the oldest chunk with the smallest stride; False if there is none."""
        candidates = [chunk for chunk in self._chunks if len(chunk.rows) > 1]
        if not candidates:
            return False
        chunk = min(candidates, key=lambda c: (c.stride, c.start))
        chunk.rows = chunk.rows[::2]
        chunk.stride *= 2
        return True
