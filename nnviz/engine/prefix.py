"""The beginning of a list that goes on growing."""

from __future__ import annotations

from collections.abc import Sequence


class Prefix(Sequence[float]):
    """The first `count` numbers of a growing list, without copying them for every moment."""

    def __init__(self, numbers: Sequence[float], count: int) -> None:
        self._numbers = numbers
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        if isinstance(index, slice):
            return self._numbers[: self._count][index]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._numbers[index if index >= 0 else self._count + index]
