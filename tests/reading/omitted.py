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
        if isinstance(term, Rest) and 0 < place < len(terms) - 1:
            (before_sign, before), (after_sign, after) = terms[place - 1], terms[place + 1]
            found = between(before, after, examples) if before_sign == after_sign else None
            if found is not None:
                yield from ((before_sign, one) for one in found)
                continue
        yield sign, term


def between(before: Tree, after: Tree, examples: Sequence[str]) -> list[Tree] | None:
    """The terms from one to another, if all indices in which they differ go on by as much."""
    first, last = list(_indices(before, examples)), list(_indices(after, examples))
    if len(first) != len(last):
        return None
    steps = [b - a for a, b in zip(first, last, strict=True)]
    ways = {step for step in steps if step}
    if len(ways) != 1 or min(ways) < 1 or _at(after, first, examples) != before:
        return None
    moves = [int(step != 0) for step in steps]
    return [
        _at(before, [a + by * moved for a, moved in zip(first, moves, strict=True)], examples)
        for by in range(1, ways.pop())
    ]


def _indices(tree: Tree, examples: Sequence[str]) -> Iterator[int]:
    """All numbers below the letters, and the places of the examples above them, in reading order."""
    found: list[int] = []

    def note(number: int) -> int:
        found.append(number)
        return number

    _renumbered(tree, note, examples)
    yield from found


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
