"""The states of a run in memory: all of them up to a byte budget, then ever fewer of the far past."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.ops.base import Array

CHUNK_BYTES = 256 * 1024
ARRAY_BYTES = 128  # what an array takes beside its numbers
KEPT_BYTES = 256  # an iteration: fresh memory costs more than arithmetic
REPLAYED = 50_000_000  # multiplications between two rows that are kept


def stride_of(width: int, work: int) -> int:
    """Of how many states one is kept, for rows of `width` numbers and iterations of `work` multiplications.

    Of large states only some are, for fresh memory for each would take as long as to run the iteration; but
    no more are left out than can be replayed at once.
    """
    return max(1, min(8 * width // KEPT_BYTES, REPLAYED // max(work, 1)))


@dataclass(slots=True)
class _Chunk:
    """Rows for every `stride`-th iteration from `start` on."""

    start: int
    stride: int
    rows: list[Array]


class History:
    """Parameter vectors by iteration.

    One of `stride` is kept; `nearest(k)` gives the latest that is, at or before iteration k, so that the rest
    can be replayed. Over the budget, every other row of the oldest densest chunk is given up.
    """

    def __init__(self, width: int, budget: int = 256 * 2**20, stride: int = 1) -> None:
        self._width = width
        self._budget = budget
        self._row_bytes = 8 * width + ARRAY_BYTES
        self._chunks: list[_Chunk] = []
        self._stride = stride
        self._room = 0  # for how many more rows the newest chunk has room
        self._next = 0  # the iteration whose row is kept next
        self.length = 0

    @property
    def nbytes(self) -> int:
        return self._row_bytes * sum(len(chunk.rows) for chunk in self._chunks)

    def append(self, parameters: Array) -> None:
        """One more state; what is kept is a copy, read-only."""
        if self.length == self._next:
            self._keep(parameters.copy())
        self.length += 1

    def _keep(self, row: Array) -> None:
        row.setflags(write=False)
        if not self._room:
            self._add_chunk()
        self._chunks[-1].rows.append(row)
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
        past = History(self._width, self._budget, self._stride)
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
