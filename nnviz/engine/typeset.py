"""From an expression to boxes, and from boxes to text.

The boxes say what stands beside, above and raised over what; whoever draws them decides on fonts and colors.
Screen, plain text and Markdown read the same boxes, so they cannot disagree.
"""

from __future__ import annotations

import fractions
import re
from dataclasses import dataclass
from functools import lru_cache

from nnviz.engine.formula import (
    Call,
    Constant,
    Difference,
    Equation,
    Expr,
    Group,
    Indicator,
    Name,
    Negative,
    Omitted,
    Over,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    evaluate,
)
from nnviz.engine.numbers import MINUS, show, show_like, shown_value


class Box:
    """A piece of a formula with a place on the line."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Glyphs(Box):
    """Characters that belong to the formula itself: operators, brackets, constants, names of functions."""

    text: str
    is_operator: bool = False


@dataclass(frozen=True, slots=True)
class Atom(Box):
    """A quantity: its symbol in the symbolic line, its shown value in the other."""

    quantity: Quantity
    text: str | None = None  # the number, or None for the symbol


@dataclass(frozen=True, slots=True)
class Row(Box):
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Box):
    above: Box
    below: Box


@dataclass(frozen=True, slots=True)
class Raised(Box):
    base: Box
    exponent: Box


@dataclass(frozen=True, slots=True)
class Setting:
    """How an equation is set: with how many digits, and whether symbols or numbers stand for quantities."""

    digits: int = 4
    symbolic: bool = False


@dataclass(frozen=True, slots=True)
class Typeset:
    """An equation ready to be drawn: target, symbolic side, the side with numbers, sign and result.

    A side that would say once more what stands beside it is not written: h = h = 0.76 = 0.76 is h = 0.76.
    """

    target: Box
    symbolic: Box
    substituted: Box
    sign: str
    result: Atom
    has_symbols: bool = True
    has_numbers: bool = True


ROUNDING_SLACK = 1e-15
MOST_OF_SETTING = 4  # decimals of a setting that are shown, however few are shown of other numbers
SUM, SIGN, PRODUCT, POWER, ATOM = range(5)  # how tightly an expression binds


@lru_cache(maxsize=64)  # it is drawn, and said to those who listen
def typeset(equation: Equation, digits: int = 4) -> Typeset:
    """Both lines of an equation. The sign before the result is ≈ where the shown numbers do not give it."""
    target = Atom(equation.target)
    symbolic = arrange(equation.right, Setting(digits, symbolic=True))
    numbers = arrange(equation.right, Setting(digits))
    result = Atom(equation.target, show(equation.target.value, digits, equation.target.decimals))
    of_symbols, of_numbers = text(symbolic), text(numbers)
    has_numbers = not _says_the_same(of_numbers, text(result))
    has_symbols = not any(_says_the_same(of_symbols, beside) for beside in (text(target), of_numbers))
    is_equal = not has_numbers or is_exact(equation, digits)
    return Typeset(target, symbolic, numbers, "=" if is_equal else "≈", result, has_symbols, has_numbers)


def _says_the_same(one: str, other: str) -> bool:
    """Whether two sides are read as the same: 0 and 0.0000 are."""
    return one == other or (value := _number(one)) is not None and value == _number(other)


def _number(side: str) -> fractions.Fraction | None:
    """The number that a side consists of; None for a side that says more."""
    try:
        return fractions.Fraction(side.replace(MINUS, "-").replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return None


def shown(quantity: Quantity, digits: int) -> str:
    """The number of a quantity as text, or the word that it is."""
    return quantity.text or show(quantity.value, _digits(quantity, digits), quantity.decimals)


def _digits(quantity: Quantity, digits: int) -> int:
    """A setting such as β₂ = 0.999 is not rounded to fewer digits than it was chosen with."""
    is_setting = quantity.ref is None and quantity.decimals is not None
    return max(digits, min(quantity.decimals or 0, MOST_OF_SETTING)) if is_setting else digits


def is_exact(equation: Equation, digits: int) -> bool:
    """Whether a reader who calculates with the shown numbers gets the shown result.

    They calculate in decimals, in which 0.1 + 0.2 − 0.3 is 0 and not 5.6e−17. They round a 5 in the next
    place up, away from zero; the binary fraction behind it may lie below.
    """
    target = equation.target

    def as_shown(q: Quantity) -> fractions.Fraction | float:
        return q.value if q.text else shown_value(q.value, _digits(q, digits), q.decimals)

    try:
        from_shown = float(evaluate(equation.right, as_shown))
    except OverflowError:  # a Fraction may be larger than any float
        return False
    as_read = from_shown * (1 + ROUNDING_SLACK)
    result = show(target.value, digits, target.decimals)
    return result == (show_like(as_read, result) or show(as_read, digits, target.decimals))


def line(equation: Equation, digits: int = 4, symbolic: bool = True) -> str:
    """An equation on one line of text: ``δ₆ = (δ₈ × w₈,₆) × ∂a₆/∂z₆ = (0.0852 × 0.12) × 0.2473 = 0.0025``."""
    parts = typeset(equation, digits)
    sides = [text(parts.symbolic)] if symbolic and parts.has_symbols else []
    sides += [text(parts.substituted)] if parts.has_numbers else []
    signs = ["=", *("=" for _ in sides[1:]), parts.sign] if sides else ["="]
    written = (f" {sign} {side}" for sign, side in zip(signs, [*sides, parts.result.text], strict=True))
    return f"{text(parts.target)}{''.join(written)}"


def arrange(expr: Expr, setting: Setting) -> Box:
    """The boxes of an expression."""
    match expr:
        case Quantity():
            return Atom(expr, None if setting.symbolic else shown(expr, setting.digits))
        case Constant(text=constant):
            return Glyphs(constant)
        case Omitted(count=count, all_zero=all_zero):
            words = f"⋯ {count:,} more, all 0 ⋯" if all_zero else f"⋯ {count:,} more ⋯"
            return Glyphs("⋯" if setting.symbolic else words)
        case Sum(terms=terms):
            return _sum(terms, setting)
        case Over(terms=terms, general=general):
            if not setting.symbolic:
                return _sum(terms, setting)
            return Row((Glyphs("Σ "), _inside(general, PRODUCT, setting)))
        case Difference(left=left, right=right):
            return Row((arrange(left, setting), _operator(MINUS), _inside(right, PRODUCT, setting)))
        case Product(factors=factors):
            return _product(factors, setting)
        case Quotient(above=above, below=below):
            return Fraction(arrange(above, setting), arrange(below, setting))
        case Power(base=base, exponent=exponent):
            return Raised(_base(base, setting), arrange(exponent, setting))
        case Negative(inner=inner):
            return Row((Glyphs(MINUS), _inside(inner, PRODUCT, setting)))
        case Group(inner=inner):
            return _fenced(arrange(inner, setting))
        case Call(function=function, arguments=arguments):
            return _call(function, arguments, setting)
        case Indicator(left=left, relation=relation, right=right):
            inside = (arrange(left, setting), _operator(relation), arrange(right, setting))
            return Row((Glyphs("["), *inside, Glyphs("]")))
    raise TypeError(f"{type(expr).__name__} is not an expression")


def _sum(terms: tuple[Expr, ...], setting: Setting) -> Box:
    if not setting.symbolic:  # with numbers, a Σ after a bias goes on as the same sum
        terms = tuple(part for term in terms for part in (term.terms if isinstance(term, Over) else (term,)))
    boxes = [arrange(terms[0], setting)]
    for term in terms[1:]:
        if isinstance(term, Negative):
            boxes += [_operator(MINUS), _inside(term.inner, PRODUCT, setting)]
        else:
            boxes += [_operator("+"), _following(term, setting)]
    return Row(tuple(boxes))


def _following(term: Expr, setting: Setting) -> Box:
    """A term after a sign: a negative first factor gets parentheses of its own, (−0.04) × 0.4990."""
    if isinstance(term, Product):
        return _product(term.factors, setting, fence_first=True)
    return _inside(term, PRODUCT, setting)


def _product(factors: tuple[Expr, ...], setting: Setting, fence_first: bool = False) -> Box:
    first = factors[0]
    if fence_first or not isinstance(first, Quantity | Negative):
        boxes = [_inside(first, PRODUCT, setting)]
    else:
        boxes = [arrange(first, setting)]
    for factor in factors[1:]:
        boxes += [_operator("×"), _inside(factor, POWER, setting)]
    return Row(tuple(boxes))


def _call(function: str, arguments: tuple[Expr, ...], setting: Setting) -> Box:
    inside: list[Box] = [arrange(arguments[0], setting)]
    for argument in arguments[1:]:
        inside += [Glyphs(", "), arrange(argument, setting)]
    has_word = len(function) > 1 or not function.isalpha()  # a letter, as in Φ(z), keeps its parentheses
    simple = has_word and len(arguments) == 1 and isinstance(arguments[0], Quantity)
    if simple and (setting.symbolic or not _is_negative(arguments[0], setting)):
        return Row((Glyphs(f"{function} "), *inside))
    return Row((Glyphs(function), _fenced(Row(tuple(inside)))))


def _base(expr: Expr, setting: Setting) -> Box:
    """What is raised to a power, in parentheses where the power could belong to a part of it.

    (tanh z)² is not tanh z², and (a₁ᵈ²)², with a number above the symbol, is not a₁ᵈ²².
    """
    has_number_above = isinstance(expr, Quantity) and setting.symbolic and expr.name.over[-1:].isdigit()
    if has_number_above or isinstance(expr, Call):
        return _fenced(arrange(expr, setting))
    return _inside(expr, ATOM, setting)


def _inside(expr: Expr, at_least: int, setting: Setting) -> Box:
    """An expression as part of a larger one, in parentheses where it binds less tightly."""
    box = arrange(expr, setting)
    return box if _binding(expr, setting) >= at_least else _fenced(box)


def _binding(expr: Expr, setting: Setting) -> int:
    match expr:
        case Over(terms=terms) if len(terms) > 1:
            return POWER if setting.symbolic else SUM
        case Sum() | Difference():
            return SUM
        case Negative():
            return SIGN
        case Product(factors=factors):
            return SIGN if _is_negative(factors[0], setting) and not setting.symbolic else PRODUCT
        case Quotient(above=above):
            return SIGN if _is_negative(above, setting) else ATOM
        case Power():
            return POWER
        case Quantity():
            if setting.symbolic and expr.name.by is not None:
                return POWER  # ∂E/∂w, which is a fraction on one line
            return SIGN if _is_negative(expr, setting) else ATOM
    return ATOM


def _is_negative(expr: Expr, setting: Setting) -> bool:
    """Whether an expression starts with a minus on the line."""
    if isinstance(expr, Quantity) and not setting.symbolic:
        return show(expr.value, setting.digits, expr.decimals).startswith(MINUS)
    return isinstance(expr, Negative)


def _fenced(box: Box) -> Box:
    return Row((Glyphs("("), box, Glyphs(")")))


def _operator(sign: str) -> Glyphs:
    return Glyphs(sign, is_operator=True)


# Text

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789()newd", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ⁿᵉʷᵈ")
OVER = re.compile(r"((?:\([^()]*\))*)(.*)", re.DOTALL)  # upper indices in parentheses, and a mark behind them


def text(box: Box) -> str:
    """A box in one line of Unicode."""
    match box:
        case Glyphs(text=characters, is_operator=is_operator):
            return f" {characters} " if is_operator else characters
        case Atom(quantity=quantity, text=number):
            return name_text(quantity.name) if number is None else number
        case Row(boxes=boxes):
            return "".join(map(text, boxes))
        case Fraction(above=above, below=below):
            return f"{_tight(text(above))} / {_tight(text(below))}"
        case Raised(base=base, exponent=exponent):
            return f"{text(base)}{_raised(text(exponent))}"
    raise TypeError(f"{type(box).__name__} is not a box")


def name_text(name: Name) -> str:
    """A symbol in one line of Unicode: δ₆, w₇,₅, ∂E/∂a₈, z₂⁽¹⁾."""
    if name.by is not None:
        top = name_text(Name(name.letter, name.sub, name.over))
        return f"∂{top}/∂{name_text(name.by)}{name.mark}"
    sub = name.sub.translate(SUBSCRIPTS) if all(c in "0123456789," for c in name.sub) else f"[{name.sub}]"
    return f"{name.letter}{sub}{_over_text(name.over)}{name.mark}"


@lru_cache(maxsize=1024)  # few marks stand above many letters
def _over_text(over: str) -> str:
    """What stands above a letter, an index and a mark each in its way: ⁽²⁾ⁿᵉʷ, ^(hh)ⁿᵉʷ, ⁽²⁾^before."""
    found = OVER.fullmatch(over)
    assert found is not None
    index, mark = (_lifted(piece) for piece in found.groups())
    return index + (mark.removeprefix("^") if index.startswith("^") and mark.startswith("^") else mark)


def _lifted(piece: str) -> str:
    """Raised if all of its characters can be, else behind ^."""
    is_raised = all(ord(c) in SUPERSCRIPTS for c in piece)
    return piece.translate(SUPERSCRIPTS) if is_raised else f"^{piece}"


def _tight(inside: str) -> str:
    return f"({inside})" if any(c in inside for c in " ×+") else inside


def _raised(exponent: str) -> str:
    return "²" if exponent == "2" else f"^({exponent})" if len(exponent) > 1 else f"^{exponent}"
