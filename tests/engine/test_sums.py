"""Sums as sequences of terms, and what is left out of one that is too long to read."""

from __future__ import annotations

import pytest

from nnviz.engine.formula import Equation, Name, Quantity, constant, evaluate
from nnviz.engine.sums import Following, Joined, Leading, Written, short_sum, sum_of_any
from nnviz.engine.typeset import text, typeset


def written(*values):
    return Written([constant(float(value)) for value in values])


def line(total):
    return text(typeset(Equation(Quantity(Name("z"), evaluate(total)), total)).symbolic)


@pytest.mark.parametrize(
    ("values", "most", "shown"),
    [
        ((), 12, "0"),
        ((5,), 12, "5"),
        (range(1, 6), 5, "1 + 2 + 3 + 4 + 5"),
        (range(1, 7), 5, "1 + 2 + ⋯ + 6"),
        (range(1, 7), 6, "1 + 2 + 3 + 4 + 5 + 6"),
        (range(1, 8), 6, "1 + 2 + 3 + ⋯ + 7"),
        (range(1, 13), 12, "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12"),
        (range(1, 14), 12, "1 + 2 + 3 + 4 + ⋯ + 13"),
        ((*[0] * 12, 7), 12, "7 + ⋯"),
        ((0, 7, *[0] * 12, 8), 12, "7 + 8 + ⋯"),
        ((*range(1, 12), *[0] * 2), 12, "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + ⋯"),
        ((0, *range(1, 13), 0), 12, "1 + 2 + 3 + 4 + ⋯ + 12"),
        ([0] * 13, 12, "0 + 0 + ⋯"),
    ],
)
def test_of_a_long_sum_zeros_go_first_and_then_the_middle(values, most, shown):
    total = short_sum(written(*values), most)
    assert line(total) == shown
    assert evaluate(total) == sum(values)


def test_in_symbols_every_zero_counts():
    assert line(sum_of_any(written(*[0] * 12))) == " + ".join("0" * 12)
    assert line(sum_of_any(written(*[0] * 13))) == "0 + 0 + 0 + 0 + ⋯ + 0"


@pytest.mark.parametrize(
    ("terms", "values"),
    [
        (Leading(written(1, 2, 3, 4), 2), [1, 2]),
        (Following(written(1, 2, 3, 4), 1), [2, 3, 4]),
        (Joined(written(1, 2), written(), written(3), written(4, 5)), [1, 2, 3, 4, 5]),
        (Joined(Leading(written(9, 8), 1), Following(written(7, 6), 1)), [9, 6]),
        (Joined(), []),
    ],
)
def test_terms_are_a_sequence(terms, values):
    assert len(terms) == len(values)
    assert [evaluate(term) for term in terms] == values
    assert [evaluate(terms[i]) for i in range(-len(values), 0)] == values
    assert [evaluate(term) for term in terms[1:]] == values[1:]
    for stop in range(len(values) + 1):
        assert terms.values(stop) == values[:stop]
    assert terms.values() == values
