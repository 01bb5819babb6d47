"""Reading printed equations back: what somebody with a pocket calculator would do with a line.

`calculate` knows nothing of expression trees.
"""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest

from nnviz.engine.formula import Expr, Omitted, children, evaluate
from nnviz.engine.numbers import show, show_like
from nnviz.engine.typeset import line, text, typeset

NUMBER = r"\d[\d.]*(?:e-?\d+)?"
REWRITTEN = (
    ("−", "-"),
    ("×", "*"),
    ("½", "0.5"),
    ("²", "**2"),
    (r"\^", "**"),
    ("∞", "inf"),
    ("not a number", "nan"),
    (r"(?<=\d),(?=\d{3})", ""),
    ("√", "sqrt"),
    ("π", "pi"),
    (r" = ", " == "),
    ("≥", ">="),
    ("≤", "<="),
    (rf"\b(ln|tanh|sqrt|sign|cos|max) ({NUMBER}|inf|nan)", r"\1(\2)"),
    (r"\[", "holds("),
    (r"\]", ")"),
    (rf"(?<![\w.])({NUMBER})", r"N('\1')"),
)
WORDS = {
    "N": np.float64,
    "e": np.float64(math.e),
    "inf": np.float64(math.inf),
    "nan": np.float64(math.nan),
    "ln": np.log,
    "sign": np.sign,
    "cos": np.cos,
    "tanh": np.tanh,
    "Φ": lambda z: 0.5 * math.erfc(-z / math.sqrt(2.0)),
    "sqrt": np.sqrt,
    "pi": np.float64(math.pi),
    "max": lambda *numbers: max(numbers),
    "round": lambda number, decimals: np.round(number, int(decimals)),
    "holds": lambda relation: np.float64(relation),
}


def calculate(printed, omitted=()):
    """The number that a printed line stands for; `omitted` is what its ⋯ stand for, in order."""
    values = iter(omitted)
    printed = re.sub(r"(?<![\d.])0(\.0+)? × ln 0(\.0+)?(?![\d.])", "0", printed)  # as in every book
    printed = re.sub(r"\(1 − 1(\.0+)?\) × ln\(1 − 1(\.0+)?\)", "0", printed)
    printed = re.sub(r"⋯ [\d,]+ more(, all 0)? ⋯", lambda _: f"({next(values)!r})".replace("-", "−"), printed)
    for found, wanted in REWRITTEN:
        printed = re.sub(found, wanted, printed)
    with np.errstate(all="ignore"):
        return float(eval(printed, {"__builtins__": {}}, WORDS))


def omitted_in(expr: Expr):
    if isinstance(expr, Omitted):
        yield expr.value
    for part in children(expr):
        yield from omitted_in(part)


def shown_as(number, digits, decimals, beside=""):
    """How a number is shown beside another; next to a tie, where the noise of a float decides, both ways."""
    noise = 1e-12 * abs(number)
    near = (number + by for by in (0.0, noise, -noise))
    return {show_like(one, beside) or show(one, digits, decimals) for one in near}


def assert_true(equation):
    found = evaluate(equation.right)
    assert found == pytest.approx(equation.result, rel=1e-12, abs=1e-15), line(equation)


CHECKED = set()  # what has been checked in this process: the same equation stands at many depths and stops


def assert_printed_honestly(equation, digits):
    key = hash((equation, digits))
    if key not in CHECKED:
        _assert_printed_honestly(equation, digits)
        CHECKED.add(key)


def _assert_printed_honestly(equation, digits):
    parts = typeset(equation, digits)
    target = equation.target
    printed = text(parts.substituted)
    assert parts.result.text == show(target.value, digits, target.decimals)
    calculated = calculate(printed, omitted_in(equation.right))
    from_shown = shown_as(calculated, digits, target.decimals, parts.result.text)
    if target.value == 0.0 and abs(calculated) < 1e-15:  # rounding, or a gate that is all but shut
        from_shown |= shown_as(0.0, digits, target.decimals, parts.result.text)
    if parts.sign == "=":
        assert parts.result.text in from_shown, line(equation, digits)
    else:
        assert parts.sign == "≈"
        assert from_shown != {parts.result.text}, line(equation, digits)
    of_numbers = line(equation, digits, symbolic=False)
    assert_no_side_twice(line(equation, digits))
    assert_no_side_twice(of_numbers)
    if parts.has_numbers:
        assert of_numbers.endswith(f"{printed} {parts.sign} {parts.result.text}")


def assert_no_side_twice(printed):
    sides = [as_number(side) for side in re.split(r" [=≈] ", outside_brackets(printed))]
    assert all(one != other for one, other in itertools.pairwise(sides)), printed


def outside_brackets(printed):
    """Without the signs of relations inside [z = 0]."""
    return re.sub(r"\[[^\[\]]*\]", lambda found: found[0].replace(" = ", "≟"), printed)


def as_number(side):
    try:
        return float(side.replace("−", "-").replace(",", ""))
    except ValueError:
        return side
