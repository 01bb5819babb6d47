"""Sums whose terms are written out only where somebody looks at them, since there may be thousands."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import overload

from nnviz.engine.formula import Expr, Negative, Omitted, Product, Sum, constant, evaluate
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import PADDING, Array, Cell, Factor
from nnviz.engine.quantities import quantity
from nnviz.engine.ref import BIAS_INPUT, CONSTANTS, PADDING_ZERO, Part, Ref

MOST_TERMS = 12
HEAD_TERMS = 4
ZERO = constant(0.0)
ONE, OUTPUT = (
    -2,
    -3,
)  # slots of factors that are not inputs of the op: the input of a bias, and δ of the output


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

    def total(self, start: int, stop: int) -> float:
        """The sum of the terms from one to before another, without writing them out."""
        return sum(evaluate(self.term(i)) for i in range(start, stop))


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

    def total(self, start: int, stop: int) -> float:
        return self._terms.total(start, stop)


class Following(Terms):
    """The terms of a sum without its first ones."""

    def __init__(self, terms: Terms, start: int) -> None:
        self._terms, self._start = terms, start

    def __len__(self) -> int:
        return len(self._terms) - self._start

    def term(self, index: int) -> Expr:
        return self._terms.term(self._start + index)

    def total(self, start: int, stop: int) -> float:
        return self._terms.total(self._start + start, self._start + stop)


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

    def total(self, start: int, stop: int) -> float:
        some = self._factors[start:stop]
        slots = {factor.slot for factors in some for factor in factors}
        item = {slot: self._items(self._sources[slot]) for slot in slots}
        total = sum(math.prod([item[slot](cell) for slot, cell in factors]) for factors in some)
        return -total if self._negative else total

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
        return partial(_item, known.array[row - self._moment.rows.start])


def _item(array: Array, cell: Cell) -> float:
    return array.item(cell)


class OverRows(Terms):
    """The terms of every example of a batch, one example after the other, the same number of each."""

    def __init__(self, moment: Moment, parameter: Ref, of_row: Callable[[int], Terms]) -> None:
        self._moment, self._parameter, self._of_row = moment, parameter, cache(of_row)
        self._each = len(of_row(moment.rows[0]))

    def __len__(self) -> int:
        return self._each * len(self._moment.rows)

    def term(self, index: int) -> Expr:
        row, place = divmod(index, self._each)
        return self._of_row(self._moment.rows[row]).term(place)

    def total(self, start: int, stop: int) -> float:
        """Whole examples by their share, which is known where all of their terms are."""
        total = 0.0
        for place, row in enumerate(self._moment.rows):
            first = place * self._each
            low, high = max(start - first, 0), min(stop - first, self._each)
            share = replace(self._parameter, part=Part.SHARE, example=row)
            if (low, high) == (0, self._each) and (value := self._moment.value(share)) is not None:
                total += value
            elif low < high:
                total += self._of_row(row).total(low, high)
        return total


def _has_example(ref: Ref) -> bool:
    return ref.example is not None


def short_sum(terms: Sequence[Expr], most: int = MOST_TERMS) -> Expr:
    """A sum with its middle left out where it would be too long to read; 0 where there is nothing to add."""
    lazy = terms if isinstance(terms, Terms) else Written(terms)
    if not lazy:
        return ZERO
    if len(lazy) == 1:
        return lazy[0]
    if len(lazy) <= most:
        return Sum(tuple(lazy))
    head, last = min(HEAD_TERMS, most - 3), len(lazy) - 1
    omitted = Omitted(last - head, lazy.total(head, last))
    return Sum((*lazy[:head], omitted, lazy[last]))
