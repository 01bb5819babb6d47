"""What holds at every moment of every network: equations, their printed lines, addresses, sentences.

`CHECKS` is a list: whoever knows another thing that always holds adds a function to it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from nnviz.engine.explain import Explanation
from nnviz.engine.formula import (
    Call,
    Equation,
    Expr,
    Omitted,
    Quantity,
    children,
    constant,
    evaluate,
    quantities,
)
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import NOISE
from nnviz.engine.outline import Depth
from nnviz.engine.ref import CONSTANTS, Part
from nnviz.engine.typeset import line, shown
from tests.printed import assert_printed_honestly
from tests.reading.symbols import Reading

WITHOUT_ADDRESS = (Part.RAW, Part.LOW, Part.HIGH, Part.TERM)
NUMBER = re.compile(r"(?<![\w.])−?\d+(?:,\d{3})*(?:\.\d+)?(?:e−?\d+)?(?![\w])")


@dataclass(frozen=True)
class Told:
    """An explanation of a moment at a depth; None where a single number is explained."""

    moment: Moment
    depth: Depth | None
    explanation: Explanation
    reading: Reading  # what the symbols stand for
    done: set[object] = field(default_factory=set)  # what has been checked in the same network

    def is_new(self, one: object) -> bool:
        """Whether something is to be checked for the first time."""
        is_new = one not in self.done
        self.done.add(one)
        return is_new

    @property
    def equations(self) -> tuple[Equation, ...]:
        return self.explanation.equations

    @cached_property
    def new_equations(self) -> list[Equation]:
        """Those that have not been printed before with the same numbers."""
        return [one for one in self.equations if self.is_new(one)]

    @cached_property
    def factors(self) -> list[Quantity]:
        """All quantities of all equations, targets first."""
        right = [quantity for one in self.equations for quantity in quantities(one.right)]
        return [*(one.target for one in self.equations), *right, *self.explanation.given]


def is_true(equation: Equation) -> bool:
    """Whether the right side gives the result, as far as floats can tell.

    ln(1 − a) has few digits next to a = 1, and an a that no float can hold is larger than it should be.
    """
    found, factors = evaluate(equation.right), list(quantities(equation.right))
    if not math.isfinite(found):  # exponentials that no float holds
        return True
    if "ln" in calls(equation.right) and any(
        0.0 < abs(1.0 - one.value) < 1e-9 or 0.0 < one.value < 1e-307 for one in factors
    ):
        return True
    relative = 1e-6 if "ln" in calls(equation.right) else 1e-12
    sizes = [abs(one.value) for one in factors]
    absolute = NOISE * max([1.0, *sizes])
    return math.isclose(found, equation.result, rel_tol=relative, abs_tol=absolute)


def calls(expr: Expr) -> set[str]:
    """The functions of a formula."""
    own = {expr.function} if isinstance(expr, Call) else set()
    return own.union(*map(calls, children(expr)))


def the_right_side_gives_the_number(told: Told) -> None:
    """The formula gives what the engine has recorded, and every factor is a number of the moment."""
    for equation in told.equations:
        assert is_true(equation), line(equation)
        target = equation.target
        assert target.ref is None or told.moment.value(target.ref) == target.value, target
    for factor in told.factors:
        assert factor.ref is None or told.moment.value(factor.ref) == factor.value, factor


def the_printed_numbers_give_the_printed_result(told: Told) -> None:
    for place, equation in enumerate(told.new_equations):
        assert_printed_honestly(equation, 2 if place % 3 == 2 else 4)


def the_symbols_give_the_number(told: Told) -> None:
    """Whoever knows what the letters stand for gets the number from the symbolic line."""
    for equation in told.new_equations:
        assert not (faults := list(told.reading.faults(equation))), faults


def nothing_is_behind_the_end(told: Told) -> None:
    """A sequence has no numbers at steps that it does not have."""
    for factor in told.factors:
        assert factor.ref is None or not told.moment.is_over(factor.ref), factor


def every_address_is_read_back(told: Told) -> None:
    notation = told.moment.notation
    for ref in {factor.ref for factor in told.factors}:
        if ref is None or ref in CONSTANTS or ref.part in WITHOUT_ADDRESS:
            continue
        wanted = replace(ref, example=None, iteration=None)
        wanted = wanted.of(Part.GRADIENT) if ref.part is Part.SHARE else wanted
        if not told.is_new(wanted):
            continue
        address = notation.address(ref)
        assert notation.parse(address) == wanted, address


def something_is_said(told: Told) -> None:
    explanation, moment = told.explanation, told.moment
    assert explanation.narration and explanation.crumbs
    is_nowhere = "has ended before this step" in explanation.narration
    assert explanation.equations or explanation.given or is_nowhere or moment.leaf is None


# Sentences


def every_number_of_the_sentence_is_in_the_equations(told: Told) -> None:
    """A weight, a slope, a step, a neuron, a count: each must be that of the equations beside it."""
    if not any(letter.isdigit() for letter in told.explanation.narration):
        return
    words = _without_names(told, told.explanation.narration)
    for pattern, is_true in SAYINGS:
        for found in re.finditer(pattern, words):
            assert is_true(told, *found.groups()), f"“{found[0]}” in “{told.explanation.narration}”"
        words = re.sub(pattern, " … ", words)
    left = NUMBER.findall(words)
    assert not left, f"{left} in “{told.explanation.narration}” is not accounted for"


def _without_names(told: Told, words: str) -> str:
    """Without the names of numbers that are shown and of the examples, which have numbers of their own."""
    moment, notation = told.moment, told.moment.notation
    leaf = [moment.leaf.ref] if moment.leaf is not None else []
    refs = [*(q.ref for q in told.factors if q.ref is not None), *leaf]
    names = {notation.caption(ref) for ref in refs}
    names |= {notation.caption(ref.of(Part.VALUE)) for ref in refs if ref.part is not Part.AT_STEP}
    names |= {moment.textbook.example(row) for row in moment.rows}
    for name in sorted(names, key=len, reverse=True):
        if name in words:
            words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "it", words)
    return words


def _parameters(told: Told) -> list[Quantity]:
    graph = told.moment.graph
    known = [q for q in _right(told) if q.ref is not None and q.ref.scope in graph]
    return [q for q in known if q.ref and graph[q.ref.scope].is_parameter]


def _is_weight(told: Told, number: str) -> bool:
    """The number of a weight that carries an error back."""
    carrying = [q for q in _parameters(told) if q.ref and q.ref.part in (Part.VALUE, Part.NEW)]
    return any(shown(q, 4) == number for q in carrying)


def _slopes(told: Told) -> list[Quantity]:
    return [q for q in _right(told) if q.ref is not None and q.ref.part is Part.SLOPE]


def _is_slope(told: Told, number: str) -> bool:
    """The slope that the last δ is multiplied by; words about a number in flight stand alone."""
    slopes = _slopes(told)
    return not slopes or number in (show(slopes[-1].value), f"{slopes[-1].value:g}")


def _is_percentage(told: Told, number: str) -> bool:
    slopes = _slopes(told)
    return not slopes or number == show(100 * slopes[-1].value, 0)


def _is_step(told: Told, number: str) -> bool:
    """A step of time that a number of the equations belongs to, or the place that is told about."""
    graph, leaf = told.moment.graph, told.moment.leaf
    refs = [*(q.ref for q in told.factors), leaf.ref if leaf is not None else None]
    return any(graph.step_of(ref) == int(number) - 1 for ref in refs if ref is not None)


def _is_unit(told: Told, phrase: str) -> bool:
    """A neuron or cell that a number of the equations belongs to, or of the layer that it is read by."""
    moment, notation = told.moment, told.moment.notation
    refs = [q.ref for q in told.factors if q.ref is not None and q.ref.scope in moment.graph]
    refs += [moment.leaf.ref] if moment.leaf is not None else []
    for ref in refs:
        if phrase.lower() in notation.caption(ref).lower():
            return True
        layer = moment.graph.layer_of(moment.graph[ref.scope])
        above = moment.graph.consumer_layer(layer.a) if layer is not None else None
        if above is not None and above.units == 1 and phrase == notation.neuron(above, 0):
            return True
        if layer is not None and phrase.lower() == notation.neuron(layer, 0).lower() and layer.units == 1:
            return True
    return any(phrase in one for one in told.explanation.crumbs)


def _is_count_of_errors(told: Told, number: str) -> bool:
    """As many different errors as stand in the equation of the last δ; long sums leave some out."""
    last = next((one for one in reversed(told.equations) if _is_of_error(one)), None)
    if last is None or _has_omitted(last.right):
        return True
    found = {q.ref for q in quantities(last.right) if q.ref is not None and q.ref.part is Part.DELTA}
    return len(found) in (int(number), 0)


def _is_of_error(equation: Equation) -> bool:
    return equation.target.ref is not None and equation.target.ref.part in (Part.DELTA, Part.GRADIENT)


def _has_omitted(expr: Expr) -> bool:
    return isinstance(expr, Omitted) or any(_has_omitted(part) for part in children(expr))


def _is_count_of_examples(told: Told, number: str) -> bool:
    return int(number) == len(told.moment.rows)


def _is_count_of_steps(told: Told, number: str) -> bool:
    lengths, rows = told.moment.lengths, range(len(told.moment.rows))
    return int(number) == max(lengths.of(row) for row in rows)


def _is_term(told: Told, number: str) -> bool:
    leaf = told.moment.leaf
    return leaf is not None and leaf.term == int(number) - 1


def _is_iteration(told: Told, number: str) -> bool:
    return int(number) == told.moment.iteration


def _is_dropped(told: Told, count: str, size: str) -> bool:
    graph = told.moment.graph
    masks = told.moment.array(graph.nodes[graph.inputs.inputs[1]].scope)
    return masks is not None and (int(count), int(size)) == (int((masks.array == 0).sum()), masks.array.size)


def _is_kept(told: Told, number: str) -> bool:
    """The probability with which units are kept."""
    keeps = [getattr(node.op, "keep", None) for node in told.moment.graph.nodes]
    return number in {constant(keep).text for keep in keeps if keep is not None}


def _is_threshold(told: Told, number: str) -> bool:
    thetas = [getattr(node.op, "theta", None) for node in told.moment.graph.nodes]
    return number in {constant(theta).text for theta in thetas if theta is not None}


def _is_limit(told: Told, number: str) -> bool:
    return told.moment.clip is not None and number == show(told.moment.clip)


def _is_stretch(told: Told, axis: str, first: str, last: str | None) -> bool:
    """The rows or columns that a sum reads, of those that lie in the image."""
    graph = told.moment.graph
    sums = [one for one in told.equations if one.target.ref and one.target.ref.part is Part.VALUE]
    refs = [q.ref for one in sums[-1:] for q in quantities(one.right) if q.ref and q.ref.scope in graph]
    places = [ref.cell[-2 if axis == "row" else -1] for ref in refs if not graph[ref.scope].is_parameter]
    is_whole = not any(_has_omitted(one.right) for one in sums[-1:])
    wanted = (int(first), int(last or first))
    return not places or not is_whole or (min(places), max(places)) == wanted


def _is_count_of_positions(told: Told, number: str) -> bool:
    """How often the filter of a weight is used, by one example."""
    refs = [one.target.ref for one in told.equations if one.target.ref is not None]
    layers = [told.moment.graph.layer_of(told.moment.graph[ref.scope]) for ref in refs]
    return any(layer is not None and int(number) == math.prod(layer.a.shape[1:]) for layer in layers)


def _is_count_of_cells(told: Told, number: str) -> bool:
    """As many cells as a window has, or as are equal in it."""
    return any(int(number) <= len(list(quantities(one.right))) for one in told.equations)


def _is_map(told: Told, number: str) -> bool:
    """The map of the number that is told about."""
    refs = [one.target.ref for one in told.equations if one.target.ref is not None]
    refs += [told.moment.leaf.ref] if told.moment.leaf is not None else []
    return any(ref.cell and ref.cell[0] == int(number) - 1 for ref in refs)


def _is_share(told: Told, _: str) -> bool:
    """A share of two lengths, which no equation has."""
    return told.moment.graph.has_steps


def _right(told: Told) -> Iterator[Quantity]:
    for one in told.equations:
        yield from quantities(one.right)


VALUE = r"(−?\d+(?:,\d{3})*(?:\.\d+)?(?:e−?\d+)?)"
KINDS = "[Nn]euron|[Uu]nit|[Ii]nput|[Ss]tate|[Cc]ell|[Pp]ixel|[Vv]alue"
PLACE = r"\(?\d+(?:,\d+)*\)?(?: of map \d+)?(?: of [A-Z]\w*)?(?: at step \d+)?(?:, channel \d)?"
FIXED = (
    "1 while the|1 or 0|starts at 0|counts as 0|is 0\\b|0 at the first one|is always 1|above 0|towards 0",
    "near 0|near 1|by 1/ρ|all \\d+ maps|by 180°",
)
SAYINGS: list[tuple[str, Callable[..., bool]]] = [
    *((words, lambda _: True) for words in FIXED),
    (rf"along the weight {VALUE}", _is_weight),
    (rf"slope of φ is {VALUE}", _is_slope),
    (rf"slope of φ is negative \({VALUE}\)", _is_slope),
    (rf"lets almost nothing of \w+ pass \({VALUE}\)", _is_slope),
    (r"slope of φ lets (\d+) % of", _is_percentage),
    (r"[Tt]erm (\d+) of the sum", _is_term),
    (r"(\d+) examples", _is_count_of_examples),
    (r"added up over (\d+) steps", _is_count_of_steps),
    (r"(?:errors|error) of (\d+) (?:neurons|cells)", _is_count_of_errors),
    (r"after (\d+) updates?", _is_iteration),
    (r"of which (\d+) of (\d+) numbers are dropped", _is_dropped),
    (rf"\(ρ = {VALUE}\)", _is_kept),
    (rf"threshold θ = {VALUE}", _is_threshold),
    (rf"longer than {VALUE}", _is_limit),
    (r"(row|column)s? (\d+)(?:–(\d+))?", _is_stretch),
    (r"used at (\d+) positions?", _is_count_of_positions),
    (r"(?:the )?(\d+) cells (?:in its|of the) window", _is_count_of_cells),
    (rf"at the last step only {VALUE} has", _is_share),
    (rf"((?:{KINDS}) {PLACE})", _is_unit),
    (r"[Ff]ilter (\d+)", _is_map),
    (r"\bmap (\d+)", _is_map),
    (r"[Ss]tep (\d+)", _is_step),
    (r"\b[MRH]\d\b", lambda _: True),
]

CHECKS: list[Callable[[Told], None]] = [
    something_is_said,
    the_right_side_gives_the_number,
    the_printed_numbers_give_the_printed_result,
    the_symbols_give_the_number,
    nothing_is_behind_the_end,
    every_address_is_read_back,
    every_number_of_the_sentence_is_in_the_equations,
]
