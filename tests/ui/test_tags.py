"""The tags of factors: the same numbers in the picture and in the formula."""

from __future__ import annotations

import pytest

from nnviz.engine.explain import Explanation
from nnviz.engine.formula import HALF, Equation, Expr, Name, Product, Quantity, Sum
from nnviz.engine.ref import Part, Ref
from nnviz.ui.tags import factor_tags

DELTA, WEIGHT, SLOPE = Ref("o/z", Part.DELTA, (0,)), Ref("o/w", cell=(0, 0)), Ref("h/a", Part.SLOPE, (0,))
FIVE = [Ref("x", cell=(i,)) for i in range(5)]


def named(ref: Ref | None) -> Quantity:
    return Quantity(Name("q"), 0.5, ref)


def explanation(*rights: Expr) -> Explanation:
    return Explanation(None, (), tuple(Equation(named(None), right) for right in rights), "")


@pytest.mark.parametrize(
    ("rights", "wanted"),
    [
        ((), {}),
        ((Product((named(DELTA), named(WEIGHT), named(SLOPE))),), {DELTA: 1, WEIGHT: 2, SLOPE: 3}),
        ((Product((named(DELTA), named(WEIGHT), named(DELTA))),), {DELTA: 1, WEIGHT: 2}),
        ((Product((named(DELTA), named(WEIGHT))), Product((HALF, named(SLOPE)))), {SLOPE: 1}),
        ((Product((named(None), named(SLOPE))),), {SLOPE: 1}),
        ((Sum(tuple(named(ref) for ref in FIVE[:4])),), {ref: i + 1 for i, ref in enumerate(FIVE[:4])}),
        ((Sum(tuple(named(ref) for ref in FIVE)),), {}),
    ],
    ids=["nothing", "three", "twice", "last equation", "without address", "four", "too many"],
)
def test_factors_are_numbered_in_reading_order(rights, wanted):
    assert factor_tags(explanation(*rights)) == wanted
