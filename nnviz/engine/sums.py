"""Sums whose terms are written out only where somebody looks at them, since there may be thousands."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import accumulate
from typing import overload

from nnviz.engine.formula import Expr, Negative, Omitted, Product, Sum, constant, evaluate
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import PADDING, Array, Cell, Factor
from nnviz.engine.quantities import quantity
from nnviz.engine.ref import BIAS_INPUT, CONSTANTS, PADDING_ZERO, Ref

MOST_TERMS = 12
HEAD_TERMS = 4
ZERO = constant(0.0)
ONE, OUTPUT = -2, -3  # slots of factors that are no inputs: what a bias weighs, and δ of the output


class Terms(Sequence[Expr]):
    """The terms of a sum."""

    @overload
    def __getitem__(self, index: int) -> Expr: ...
    @overload
    def __getitem__(self, index: slice) -> list[Expr]: ...

    def __getitem__(self, index: int | slice) -> Expr | list[Expr]:
        if isinstance(index, slice):
            return [self.term(i) for i in range(*index.indices(len(self)))]
        return self.term(range(len(self))[index])

    def term(self, index: int) -> Expr:
        raise NotImplementedError

    def values(self, stop: int | None = None) -> list[float]:
        """The values of the terms, or of the first ones, without writing them out."""
        return [evaluate(self.term(i)) for i in range(len(self) if stop is None else stop)]


class Written(Terms):
    """Terms that are written out already."""

    def __init__(self, terms: Sequence[Expr]) -> None:
        self._terms = terms

    def __len__(self) -> int:
        return len(self._terms)

    def term(self, index: int) -> Expr:
        return self._terms[index]


class Leading(Terms):
    """The first terms of a sum."""

    def __init__(self, terms: Terms, count: int) -> None:
        self._terms, self._count = terms, count

    def __len__(self) -> int:
        return self._count

    def term(self, index: int) -> Expr:
        return self._terms.term(index)

    def values(self, stop: int | None = None) -> list[float]:
        return self._terms.values(self._count if stop is None else stop)


class Following(Terms):
    """The terms of a sum without its first ones."""

    def __init__(self, terms: Terms, start: int) -> None:
        self._terms, self._start = terms, start

    def __len__(self) -> int:
        return len(self._terms) - self._start

    def term(self, index: int) -> Expr:
        return self._terms.term(self._start + index)

    def values(self, stop: int | None = None) -> list[float]:
        return self._terms.values(None if stop is None else self._start + stop)[self._start :]


class Products(Terms):
    """Products of known numbers, as the index map lists them; `sources` says where each slot is found."""

    def __init__(
        self,
        moment: Moment,
        sources: Mapping[int, Ref],
        factors: Sequence[tuple[Factor, ...]],
        many: bool = False,
        negative: bool = False,
    ) -> None:
        self._moment, self._factors, self._many, self._negative = moment, factors, many, negative
        self._sources = {**sources, PADDING: PADDING_ZERO, ONE: BIAS_INPUT}

    def __len__(self) -> int:
        return len(self._factors)

    def term(self, index: int) -> Expr:
        refs = [self._ref(factor) for factor in self._factors[index]]
        parts = tuple(quantity(self._moment, r, self._many and r.example is not None) for r in refs)
        return Negative(Product(parts)) if self._negative else Product(parts)

    def values(self, stop: int | None = None) -> list[float]:
        some = self._factors[:stop]
        slots = {factor.slot for factors in some for factor in factors}
        item = {slot: self._items(self._sources[slot]) for slot in slots}
        sign = -1.0 if self._negative else 1.0
        return [sign * math.prod([item[slot](cell) for slot, cell in factors]) for factors in some]

    def _ref(self, factor: Factor) -> Ref:
        source = self._sources[factor.slot]
        return source if source in CONSTANTS else replace(source, cell=factor.cell)

    def _items(self, source: Ref) -> Callable[[Cell], float]:
        """A quick way to the numbers of a source."""
        if source in CONSTANTS:
            return lambda cell: CONSTANTS[source]
        known = self._moment.array(source.scope, source.part)
        assert known is not None, f"{source} is not computed yet"
        if self._moment.graph[source.scope].is_parameter:
            return partial(_item, known.array)
        row = self._moment.focus if source.example is None else source.example
        return partial(_item, known.array[self._moment.place_of(row)])


def _item(array: Array, cell: Cell) -> float:
    return array.item(cell)


class Joined(Terms):
    """The terms of several sums, one sum after the other."""

    def __init__(self, *parts: Terms) -> None:
        self._parts = parts
        self._starts = [0, *accumulate(map(len, parts))]

    def __len__(self) -> int:
        return self._starts[-1]

    def term(self, index: int) -> Expr:
        part = bisect_right(self._starts, index) - 1
        return self._parts[part].term(index - self._starts[part])

    def values(self, stop: int | None = None) -> list[float]:
        values: list[float] = []
        for part in self._parts:
            left = len(part) if stop is None else min(stop - len(values), len(part))
            values += part.values(left) if left > 0 else []
        return values


class OverRows(Terms):
    """The terms of every example of a batch, one example after the other.

    There are as many of each, unless `counts` says how many for every place in the batch.
    """

    def __init__(
        self, moment: Moment, of_row: Callable[[int], Terms], counts: Sequence[int] | None = None
    ) -> None:
        self._moment, self._of_row = moment, cache(of_row)
        self._counts = counts or [len(of_row(moment.rows[0]))] * len(moment.rows)
        self._starts = [0, *accumulate(self._counts)]

    def __len__(self) -> int:
        return self._starts[-1]

    def term(self, index: int) -> Expr:
        place = bisect_right(self._starts, index) - 1
        return self._of_row(self._moment.rows[place]).term(index - self._starts[place])

    def values(self, stop: int | None = None) -> list[float]:
        stop = len(self) if stop is None else stop
        values: list[float] = []
        for row, count in zip(self._moment.rows, self._counts, strict=True):
            if len(values) < stop:
                values += self._of_row(row).values(min(stop - len(values), count))
        return values


def short_sum(terms: Sequence[Expr], most: int = MOST_TERMS) -> Expr:
    """A sum with terms left out where it would be too long to read; 0 where there is nothing to add.

    Products with 0 tell nothing and go first; of what is still too long, the middle.
    """
    lazy = terms if isinstance(terms, Terms) else Written(terms)
    if not lazy:
        return ZERO
    if len(lazy) == 1:
        return lazy[0]
    if len(lazy) <= most:
        return Sum(tuple(lazy))
    values = lazy.values()
    telling = [i for i, value in enumerate(values) if value != 0] or [0, 1]
    if len(telling) < most:
        rest = Omitted(len(lazy) - len(telling), 0.0, all_zero=True)
        return Sum((*(lazy[i] for i in telling), rest))
    head, last = telling[: min(HEAD_TERMS, most - 3)], telling[-1]
    left = sum(values) - sum(values[i] for i in (*head, last))
    return Sum((*(lazy[i] for i in head), Omitted(len(lazy) - len(head) - 1, left), lazy[last]))


def sum_of_any(terms: Sequence[Expr], most: int = MOST_TERMS) -> Expr:
    """A sum in symbols, for examples of which each has its own zeros: too long, it leaves out its middle."""
    if len(terms) <= most:
        return short_sum(terms, most)
    head = tuple(terms[i] for i in range(HEAD_TERMS))
    return Sum((*head, Omitted(len(terms) - HEAD_TERMS - 1, 0.0), terms[len(terms) - 1]))
