"""What ⋯ leaves out in the middle of a sum: the terms between those beside it, counted on one index."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from tests.reading.grammar import Plus, Rest, Symbol, Tree

INDEX = re.compile(r"(t=)?(\d+)")


def written_out(tree: Tree, examples: Sequence[str]) -> Tree:
    """A formula with every term of its sums, where it is plain which they are; elsewhere ⋯ stays.

    `examples` are those of the batch, in order.
    """
    if isinstance(tree, Plus):
        return Plus(tuple(_terms([(sign, written_out(one, examples)) for sign, one in tree.terms], examples)))
    return _rebuilt(tree, lambda inner: written_out(inner, examples))


def _terms(terms: Sequence[tuple[int, Tree]], examples: Sequence[str]) -> Iterator[tuple[int, Tree]]:
    for place, (sign, term) in enumerate(terms):
        found = _left_out(terms, place, examples) if isinstance(term, Rest) else None
        yield from found if found is not None else [(sign, term)]


def _left_out(
    terms: Sequence[tuple[int, Tree]], place: int, examples: Sequence[str]
) -> list[tuple[int, Tree]] | None:
    """The terms for which ⋯ stands, if those before it and behind it walk along the same indices."""
    if not 0 < place < len(terms) - 1 or terms[place - 1][0] != terms[place + 1][0]:
        return None
    (sign, before), (_, after) = terms[place - 1], terms[place + 1]
    moves = _moves(before, after, examples)
    if moves is None or len({move for move in moves if move}) != 1 or max(moves) < 1:
        return None
    if place > 1:
        earlier = _moves(terms[place - 2][1], before, examples)
        if earlier is not None and list(map(bool, earlier)) != list(map(bool, moves)):
            return None  # a walk over rows and columns
    first, last = _indices(before, examples), max(moves)
    walked = ([a + by * bool(move) for a, move in zip(first, moves, strict=True)] for by in range(1, last))
    return [(sign, _at(before, numbers, examples)) for numbers in walked]


def _moves(one: Tree, other: Tree, examples: Sequence[str]) -> list[int] | None:
    """By how much each index of a term differs from that of another; None where more than indices differs."""
    first, last = _indices(one, examples), _indices(other, examples)
    if len(first) != len(last) or _at(other, first, examples) != one:
        return None
    return [b - a for a, b in zip(first, last, strict=True)]


def _indices(tree: Tree, examples: Sequence[str]) -> list[int]:
    """All numbers below the letters, and the places of the examples above them, in reading order."""
    found: list[int] = []

    def note(number: int) -> int:
        found.append(number)
        return number

    _renumbered(tree, note, examples)
    return found


def _at(tree: Tree, numbers: Sequence[int], examples: Sequence[str]) -> Tree:
    """The same formula with other indices."""
    others = iter(numbers)
    return _renumbered(tree, lambda _: next(others), examples)


def _renumbered(tree: Tree, number: Callable[[int], int], examples: Sequence[str]) -> Tree:
    if not isinstance(tree, Symbol):
        return _rebuilt(tree, lambda inner: _renumbered(inner, number, examples))
    sub = tuple(
        f"{found[1] or ''}{number(int(found[2]))}" if (found := INDEX.fullmatch(one)) else one
        for one in tree.sub
    )
    example = examples[number(examples.index(tree.example))] if tree.example in examples else tree.example
    by = _renumbered(tree.by, number, examples) if tree.by is not None else None
    return replace(tree, sub=sub, example=example, by=by)


def _rebuilt(tree: Any, change: Callable[[Any], Any]) -> Any:
    """A formula whose parts are changed."""
    if isinstance(tree, Symbol):
        return tree
    return replace(
        tree, **{field.name: _changed(getattr(tree, field.name), change) for field in fields(tree)}
    )


def _changed(part: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(part, tuple):
        return tuple(_changed(one, change) for one in part)
    return change(part) if is_dataclass(part) else part
