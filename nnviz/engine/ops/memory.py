"""How maps lie in memory: with the examples last.

Arrays of maps are read as (example, map, row, column) everywhere, but what convolution and pooling hand on is
a view of memory in the order (map, row, column, example). One matrix product then does a whole batch, and
whatever is cut out of maps is long pieces of memory, not single numbers.
"""

from __future__ import annotations

from typing import Any, TypeVar

from numpy.typing import NDArray

AnyArray = TypeVar("AnyArray", bound=NDArray[Any])


def examples_last(x: AnyArray) -> AnyArray:
    """(example, map, row, column) as (map, row, column, example)."""
    return x.transpose(1, 2, 3, 0)


def examples_first(maps: AnyArray) -> AnyArray:
    """(map, row, column, example) as (example, map, row, column)."""
    return maps.transpose(3, 0, 1, 2)
