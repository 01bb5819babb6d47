"""Expressions as a textbook prints them: one tree gives the symbolic line and the line with numbers.

A tree is built once per explanation. Its leaves are quantities that carry their name, their value and the
`Ref` of the cell they come from, so the symbolic line, the substituted line and the check that both agree
are three readings of the same tree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from nnviz.engine.ref import Ref


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol with its indices: δ₆ is ``Name("δ", "6")``, ∂E/∂a₆ is ``Name("E", by=Name("a", "6"))``.

    `mark` is set after the letter (``"′"`` for a slope or a new weight); `over` names the layer when neurons
    are numbered per layer, as in z⁽²⁾.
    """

    letter: str
    sub: str = ""
    over: str = ""
    by: Name | None = None
    mark: str = ""


class Expr:
    """Any node of an expression tree."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Quantity(Expr):
    """A named number: what the symbolic line shows as `name` and the substituted line as `value`.

    `decimals` is the number of decimals the number was written with where it is data (an input, a weight of
    the lesson); None means that it is computed and shown with the digits chosen in the window. `role` names
    the thing it comes from and so its color; `caption` says it in words. Data may be a word: then `text` is
    the word, and `value` the number that stands for it.
    """

    name: Name
    value: float
    ref: Ref | None = None
    role: str = "plain"
    caption: str = ""
    decimals: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Constant(Expr):
    """A number that belongs to the formula, such as the ½ of the squared error. Never rounded for display."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Sum(Expr):
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Omitted(Expr):
    """The terms of a long sum that are not written out; they keep their value."""

    count: int
    value: float
    all_zero: bool = False


@dataclass(frozen=True, slots=True)
class Over(Expr):
    """A sum over the examples of a batch: symbols show one term for all, numbers show the `terms`.

    `general` is the term of any example d, as in Σ δ₇ᵈ × a₅ᵈ.
    """

    terms: tuple[Expr, ...]
    general: Expr


@dataclass(frozen=True, slots=True)
class Difference(Expr):
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Product(Expr):
    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Quotient(Expr):
    above: Expr
    below: Expr


@dataclass(frozen=True, slots=True)
class Power(Expr):
    base: Expr
    exponent: Expr


@dataclass(frozen=True, slots=True)
class Negative(Expr):
    inner: Expr


@dataclass(frozen=True, slots=True)
class Group(Expr):
    """Parentheses that the textbook writes although precedence does not ask for them."""

    inner: Expr


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function by its usual name: ln, tanh, max, round to so many decimals."""

    function: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Indicator(Expr):
    """Iverson's bracket: 1 where the relation holds and 0 elsewhere, e.g. [z ≥ θ]."""

    left: Expr
    relation: str
    right: Expr


def constant(value: float) -> Constant:
    """A number of the formula written out in full."""
    return Constant(value, f"{value:.12g}".replace("-", "−"))


ONE = Constant(1.0, "1")
TWO = Constant(2.0, "2")
HALF = Constant(0.5, "½")
EULER = Constant(math.e, "e")

FUNCTIONS: dict[str, Callable[..., float]] = {
    "ln": lambda x: math.log(x) if x > 0 else -math.inf if x == 0 else math.nan,
    "tanh": math.tanh,
    "Φ": lambda x: 0.5 * math.erfc(-x * math.sqrt(0.5)),
    "max": lambda *numbers: max(numbers),
    "√": lambda x: math.sqrt(x) if x >= 0 else math.nan,
    "cos": math.cos,
    "sign": lambda x: float(np.sign(float(x))),
    "round": lambda x, decimals: float(np.round(x, int(decimals))),
}
RELATIONS: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    "≥": lambda a, b: a >= b,
    "≤": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
}


def evaluate(expr: Expr, value_of: Callable[[Quantity], Any] = lambda q: q.value) -> Any:
    """The number an expression stands for, with `value_of` giving the number of each quantity.

    Sums and products of Fractions are exact. Overflow of floats is a value here (±∞), as it is for the
    arrays of a diverging run; ∞ − ∞ is NaN.
    """

    def of(inner: Expr) -> Any:
        return evaluate(inner, value_of)

    match expr:
        case Quantity():
            return value_of(expr)
        case Constant(value=value) | Omitted(value=value):
            return value
        case Sum(terms=terms) | Over(terms=terms):
            return sum(of(term) for term in terms)
        case Difference(left=left, right=right):
            return of(left) - of(right)
        case Product(factors=factors):
            return _product([of(factor) for factor in factors], factors)
        case Quotient(above=above, below=below):
            return _quotient(of(above), of(below))
        case Power(base=base, exponent=exponent):
            return _power(of(base), of(exponent))
        case Negative(inner=inner):
            return -of(inner)
        case Group(inner=inner):
            return of(inner)
        case Call(function=function, arguments=arguments):
            return float(FUNCTIONS[function](*(float(of(argument)) for argument in arguments)))
        case Indicator(left=left, relation=relation, right=right):
            return float(RELATIONS[relation](of(left), of(right)))
    raise TypeError(f"{type(expr).__name__} is not an expression")


def _product(values: list[float], factors: tuple[Expr, ...]) -> float:
    """0·ln 0 counts as 0, as in every book on cross-entropy; any other 0·∞ is NaN."""
    if 0.0 in values and any(isinstance(factor, Call) and factor.function == "ln" for factor in factors):
        return 0.0
    return math.prod(values)


def _quotient(above: float, below: float) -> float:
    if below != 0:
        return above / below
    return math.nan if above == 0 else math.copysign(math.inf, above) * math.copysign(1.0, below)


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression, in reading order."""
    match expr:
        case Sum(terms=parts) | Over(terms=parts) | Product(factors=parts) | Call(arguments=parts):
            return parts
        case Difference(left=a, right=b) | Quotient(above=a, below=b) | Power(base=a, exponent=b):
            return (a, b)
        case Indicator(left=a, right=b):
            return (a, b)
        case Negative(inner=inner) | Group(inner=inner):
            return (inner,)
    return ()


def with_names(expr: Expr, rename: Callable[[Quantity], Name]) -> Expr:
    """The same expression with other symbols."""
    if isinstance(expr, Quantity):
        return replace(expr, name=rename(expr))
    changed: dict[str, Any] = {}
    for field in fields(expr):  # type: ignore[arg-type]
        part = getattr(expr, field.name)
        if isinstance(part, Expr):
            changed[field.name] = with_names(part, rename)
        elif isinstance(part, tuple):
            changed[field.name] = tuple(with_names(each, rename) for each in part)
    return replace(expr, **changed)  # type: ignore[type-var]


def quantities(expr: Expr) -> Iterator[Quantity]:
    """Every named number of an expression, in reading order."""
    if isinstance(expr, Quantity):
        yield expr
    for part in children(expr):
        yield from quantities(part)


@dataclass(frozen=True, slots=True)
class Equation:
    """``target = right side``: one line of the textbook, with the number that the engine recorded for it."""

    target: Quantity
    right: Expr

    @property
    def result(self) -> float:
        return self.target.value
