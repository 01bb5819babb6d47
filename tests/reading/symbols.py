"""Reads what is printed and computes it from the symbols: every equation must give the number on its left."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nnviz.engine.explain import Explanation
from nnviz.engine.formula import Equation, quantities
from nnviz.engine.moment import Moment
from nnviz.engine.typeset import name_text, text, typeset
from tests.reading.book import Book, Indices, OutsideError, running
from tests.reading.grammar import (
    Applied,
    Number,
    Plus,
    Raised,
    Reader,
    Rest,
    Symbol,
    Times,
    Total,
    Tree,
    UnreadableError,
    Whether,
)
from tests.reading.omitted import written_out

FUNCTIONS = {
    "tanh": math.tanh,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "max": lambda *numbers: max(numbers),
    "cos": math.cos,
    "√": math.sqrt,
    "erf": math.erf,
    "Φ": lambda x: (1 + math.erf(x / math.sqrt(2))) / 2,
    "round": lambda x, decimals: round(x, int(decimals)),
}
RELATIONS = {
    ">": lambda a, b: a > b,
    "≥": lambda a, b: a >= b,
    "≤": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
}
CLOSE = 1e-6
ROUNDING = 1e-14  # what is nothing but rounding is 0 as it is read, and goes on as it is into updates


def check(moment: Moment, explanation: Explanation, numbers: Sequence[int] | None = None) -> list[str]:
    """What is wrong with the equations of a moment, in words; empty where all symbols give their numbers.

    `numbers` are those of inputs and neurons where a lesson numbers them itself.
    """
    reading = Reading(Book(moment, numbers), Reader(moment.textbook.examples))
    return [wrong for equation in explanation.equations for wrong in reading.faults(equation)]


class Reading:
    """One reader with the symbol table of one moment."""

    def __init__(self, book: Book, reader: Reader) -> None:
        self.book, self.reader = book, reader
        self.largest = 0.0  # of the terms of a sum: what its rounding is measured by

    def faults(self, equation: Equation) -> Iterator[str]:
        """What is wrong with one equation."""
        parts = typeset(equation)
        line = f"{text(parts.target)} = {text(parts.symbolic)}"
        try:
            left, right = self.reader.equation(line)
            right = written_out(right, self.book.examples)
            self.book = replace(self.book, line=getattr(left, "letter", ""))
            yield from self._sides(line, left, right, equation)
            yield from self._numbers(line, equation)
        except (UnreadableError, OutsideError, KeyError, IndexError, StopIteration, ValueError) as error:
            yield f"{line}: {type(error).__name__}: {error}"

    def _sides(self, line: str, left: Tree, right: Tree, equation: Equation) -> Iterator[str]:
        assert isinstance(left, Symbol)
        result = equation.result
        is_part = left.letter.startswith("term") or "so far" in left.words
        is_slope = left.by is not None and left.letter != "E"
        self.largest = 1e5 if is_slope else 0.0  # a difference quotient has fewer digits
        if not is_part and not self._is_close(found := self.book.value(left, {}), result):
            yield f"{line}: the left side is recorded as {found}, shown as {result}"
        self.largest = 0.0
        if leaves_out(right):
            return
        found = self._value(right, {})
        if math.isfinite(result) and not math.isfinite(found):  # exponentials that no float holds
            return
        if has_lost_its_digits(right, [one.value for one in quantities(equation.right)]):
            return
        if not self._is_close(found, result):
            yield f"{line}: the symbols give {found}, shown is {result}"

    def _numbers(self, line: str, equation: Equation) -> Iterator[str]:
        """The numbers that stand for the symbols, each of them."""
        self.largest = 0.0
        for quantity in quantities(equation.right):
            name = name_text(quantity.name)
            if name in ("1", "0"):
                found = float(name)
            else:
                symbol = self.reader.tree(name)
                if not isinstance(symbol, Symbol) or running(symbol):
                    continue
                found = self.book.value(symbol, {})
            if not self._is_close(found, quantity.value):
                yield f"{line}: {name} is {found}, shown as {quantity.value}"

    def _is_close(self, found: float, shown: float) -> bool:
        if math.isnan(found) and math.isnan(shown):
            return True
        return math.isclose(found, shown, rel_tol=CLOSE, abs_tol=1e-13 * self.largest + ROUNDING)

    # Values

    def _value(self, tree: Tree, indices: Indices) -> float:
        match tree:
            case Number(value):
                return value
            case Symbol():
                return self.book.value(tree, indices)
            case Plus(terms):
                return self._sum(terms, indices)
            case Times():
                return self._product(tree, indices)
            case Total(body):
                return self._total(body, indices)
            case Raised(base, exponent):
                return _power(self._value(base, indices), self._value(exponent, indices))
            case Applied(function, arguments):
                return self._applied(function, [self._value(one, indices) for one in arguments])
            case Whether(left, relation, right):
                return float(RELATIONS[relation](self._value(left, indices), self._value(right, indices)))
            case Rest():
                return 0.0
        raise TypeError(tree)

    def _sum(self, terms: Sequence[tuple[int, Tree]], indices: Indices) -> float:
        found = [sign * self._value(term, indices) for sign, term in terms]
        self.largest = max(self.largest, *(abs(one) for one in found))
        return sum(found)

    def _product(self, tree: Times, indices: Indices) -> float:
        total = 1.0
        for operator, factor in tree.factors:
            try:
                value = self._value(factor, indices)
            except OutsideError:  # padding
                return 0.0
            if isinstance(factor, Applied) and factor.function == "ln" and total == 0.0:
                return 0.0
            total = total * value if operator == "×" else total / value if value else math.nan
        return total

    def _total(self, body: Tree, indices: Indices) -> float:
        symbols = list(symbols_of(body))
        letters = sorted(set().union(*map(running, symbols)) - set(indices))
        if not letters:
            raise UnreadableError("a Σ over nothing")
        ranges = [self.book.range_of(letter, symbols) for letter in letters]
        terms = [
            self._value(body, {**indices, **dict(zip(letters, chosen, strict=True))})
            for chosen in itertools.product(*ranges)
        ]
        self.largest = max([self.largest, *(abs(term) for term in terms)])
        return sum(terms)

    def _applied(self, function: str, arguments: list[float]) -> float:
        if function == "ln":
            return math.log(arguments[0]) if arguments[0] > 0 else -math.inf
        return float(FUNCTIONS[function](*arguments))


def has_lost_its_digits(tree: Tree, values: Sequence[float]) -> bool:
    """Whether ln(1 − a) is taken next to a = 1, where a float has few digits left."""
    match tree:
        case Applied("ln", (Plus(),)):
            return any(0.0 < abs(1.0 - value) < 1e-9 for value in values)
        case Applied("ln"):  # of a number that no float can hold
            return any(0.0 < value < 1e-307 for value in values)
        case Plus(terms):
            return any(has_lost_its_digits(term, values) for _, term in terms)
        case Times(factors):
            return any(has_lost_its_digits(factor, values) for _, factor in factors)
        case Total(body):
            return has_lost_its_digits(body, values)
    return False


def leaves_out(tree: Tree) -> bool:
    """Whether a sum leaves out terms in its middle, which are not 0; behind its last term they are."""
    match tree:
        case Plus(terms):
            inner = [term for _, term in terms]
            return any(isinstance(one, Rest) for one in inner[:-1]) or any(map(leaves_out, inner))
        case Times(factors):
            return any(leaves_out(factor) for _, factor in factors)
        case Total(body):
            return leaves_out(body)
    return False


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf


def symbols_of(tree: Tree) -> Iterator[Symbol]:
    """Every symbol of a formula, in reading order."""
    match tree:
        case Symbol():
            yield tree
        case Plus(terms):
            for _, term in terms:
                yield from symbols_of(term)
        case Times(factors):
            for _, factor in factors:
                yield from symbols_of(factor)
        case Total(body):
            yield from symbols_of(body)
        case Raised(base, exponent):
            yield from symbols_of(base)
            yield from symbols_of(exponent)
        case Applied(_, arguments):
            for argument in arguments:
                yield from symbols_of(argument)
        case Whether(left, _, right):
            yield from symbols_of(left)
            yield from symbols_of(right)
