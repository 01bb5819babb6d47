"""Every printed line, computed from its symbols by a reader who knows nothing of how it was made."""

from __future__ import annotations

import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain, explain_place
from nnviz.engine.formula import Equation, Name, Omitted, Quantity, Sum
from nnviz.engine.moment import resolve
from nnviz.engine.typeset import text, typeset
from nnviz.lessons.catalogue import load, names
from tests.engine.conftest import VARIANTS, build_network
from tests.engine.map_networks import MAP_VARIANTS, build_map_network
from tests.engine.step_networks import STEP_VARIANTS, build_step_network
from tests.reading.book import Book
from tests.reading.grammar import Reader, UnreadableError
from tests.reading.omitted import written_out
from tests.reading.symbols import Reading, check
from tests.reading.whole import moments, numbers

FOR_A_BIAS = "Σ (δ₀,₀⁽²⁾ᵈ × 1 + δ₀,₁⁽²⁾ᵈ × 1 + δ₀,₂⁽²⁾ᵈ × 1 + δ₀,₃⁽²⁾ᵈ × 1 + ⋯ + δ₅,₅⁽²⁾ᵈ × 1)"


def build_dense(**form):
    built = build_network(**form)
    return built.timeline, built.textbook


VARIANTS_OF_ALL = (
    [(build_dense, name, form) for name, form in VARIANTS.items()]
    + [(build_map_network, name, form) for name, form in MAP_VARIANTS.items()]
    + [(build_step_network, name, form) for name, form in STEP_VARIANTS.items()]
)


def faults(timeline, textbook, most, seed, own=None):
    return [
        (moment.cursor, fault)
        for moment, depth in moments(timeline, textbook, most, seed)
        for fault in check(moment, explain_place(moment, depth), own)
    ]


@pytest.mark.parametrize("name", names())
def test_the_symbols_of_a_lesson_give_its_numbers(name):
    lesson = load(name)
    assert not faults(lesson.timeline, lesson.textbook, 8, name, lesson.file.network.numbers)


@pytest.mark.parametrize(("build", "name", "form"), VARIANTS_OF_ALL)
def test_every_op_loss_layer_and_convention_is_read(build, name, form):
    timeline, textbook, *_ = build(**form)
    assert not faults(timeline, textbook, 6, name)


@pytest.mark.parametrize(("build", "name", "form"), VARIANTS_OF_ALL)
def test_every_number_that_is_picked_is_read(build, name, form):
    """At the end of the second iteration, in which weights come from the update before."""
    timeline, textbook, *_ = build(**form)
    walk = Walk(timeline)
    for example in timeline.rows(1)[:2]:
        moment = resolve(walk, walk.at(1, walk.outline(1).length, example), textbook)
        picked = [ref for ref in numbers(moment, 3, name) if moment.value(ref) is not None]
        told = [explain(moment, ref) for ref in picked]
        assert not [fault for one in told for fault in check(moment, one)]


@pytest.mark.parametrize("weight", ("w₆,₃", "w₆,₀"))
def test_a_weight_comes_from_the_update_before(weight):
    moment = moment_at("power-plant-logistic", 10**9, 1)
    (equation,) = explain(moment, moment.notation.parse(f"w[6,{3 if weight == 'w₆,₃' else 0}]")).equations
    wanted = f"{weight}^before − α^before × ∂E^before/∂{weight}"
    assert text(typeset(equation).symbolic) == wanted


def moment_at(name, position, iteration=0):
    lesson = load(name)
    walk = Walk(lesson.timeline)
    return resolve(walk, walk.at(iteration, position, 0), lesson.textbook)


def test_a_wrong_index_is_seen():
    moment = moment_at("power-plant-logistic", 10**6)
    reading = Reading(Book(moment), Reader())
    right, wrong = (Quantity(Name("w", f"6,{k}"), 0.4, None) for k in (3, 4))
    weight = float(moment.known["hidden2/w", "value"].array[0, 0])
    for quantity, is_seen in ((right, False), (wrong, True)):
        equation = Equation(Quantity(Name("w", "6,3"), weight), Sum((quantity,)))
        symbols = [fault for fault in reading.faults(equation) if "the symbols give" in fault]
        assert bool(symbols) is is_seen


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("z = 1 / 4 × (2 + 3)", 1.25),
        ("z = −(1 − 3)²", -4.0),
        ("z = max(0, −2 × 3) + 2", 2.0),
        ("z = 3 / (1 + e^(0))", 1.5),
        ("z = [2 ≥ 2] × 5 − [2 > 2]", 5.0),
        ("z = 5 − 2^3 − 1", -4.0),
    ],
)
def test_formulas_are_read_as_books_write_them(line, value):
    reader = Reader()
    _, right = reader.equation(line)
    reading = Reading(Book(moment_at("and", 1)), reader)
    assert reading._value(right, {}) == value


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("a₁ + ⋯ + a₄", "a₁ + a₂ + a₃ + a₄"),
        ("w₇,₀ × 1 + w₇,₁ × x₁ + ⋯ + w₇,₄ × x₄", "w₇,₀ × 1 + w₇,₁ × x₁ + w₇,₂ × x₂ + w₇,₃ × x₃ + w₇,₄ × x₄"),
        ("2 × (−a₃ᵈ¹ − ⋯ − a₃ᵈ³)", "2 × (−a₃ᵈ¹ − a₃ᵈ² − a₃ᵈ³)"),
        ("δ[2,t=1] × a[3,t=0] + ⋯ + δ[2,t=3] × a[3,t=2]",
         "δ[2,t=1] × a[3,t=0] + δ[2,t=2] × a[3,t=1] + δ[2,t=3] × a[3,t=2]"),
        ("w₁ × x₁ + ⋯ + w₄ × x₅", "w₁ × x₁ + ⋯ + w₄ × x₅"),
        ("w₁ × x₁ + ⋯ + w₄ × a₄", "w₁ × x₁ + ⋯ + w₄ × a₄"),
        ("a₁ + a₂ + ⋯", "a₁ + a₂ + ⋯"),
        ("z[0,0] + z[0,1] + ⋯ + z[3,1]", "z[0,0] + z[0,1] + ⋯ + z[3,1]"),
    ],
)  # fmt: skip
def test_what_a_long_sum_leaves_out_goes_on_as_it_began(short, whole):
    examples = ["d1", "d2", "d3"]
    read = Reader(examples)
    assert written_out(read.tree(short), examples) == read.tree(whole)


@pytest.mark.parametrize(("last", "is_seen"), [("6,5", False), ("6,4", True)])
def test_the_end_of_a_sum_that_leaves_out_its_middle_is_seen(last, is_seen):
    moment = moment_at("power-plant-logistic", 10**6)
    weights = moment.known["hidden2/w", "value"].array[0]
    first, other = (Quantity(Name("w", index), 0.4) for index in ("6,3", last))
    equation = Equation(Quantity(Name("z", "6"), float(weights.sum())), Sum((first, Omitted(1, 0.4), other)))
    found = list(Reading(Book(moment), Reader()).faults(equation))
    assert any("the symbols give" in one for one in found) is is_seen


@pytest.mark.parametrize("line", ["z = w₁ ×", "z = (1 + 2", "z", "z = w₁^", "z = 1 + + 2"])
def test_what_cannot_be_read_is_refused(line):
    with pytest.raises(UnreadableError):
        Reader().equation(line)


@pytest.mark.parametrize(
    ("name", "address", "general"),
    [
        ("cnn-digits", "dw[conv,2,1,0,2]", "Σ δ[r,c]⁽²⁾ᵈ × x[r, c+2]ᵈ"),
        ("lenet-5", "dw[c3,5,2,0,3]", "Σ δ[r,c]^(3,5)ᵈ × p[r, c+3]^(2,2)ᵈ"),
        (
            "cnn-digits",
            "db[conv,2]",
            FOR_A_BIAS,
        ),
    ],
)
def test_a_sum_over_examples_leaves_out_nothing_for_the_zeros_of_one(name, address, general):
    assert symbols_of(name, address) == general


@pytest.mark.parametrize(
    ("name", "address", "general"),
    [
        ("cnn-digits", "z[conv,2,0,0]", "b₂ × 1 + Σ w[m,n]^(1,2) × x[0+m, 0+n]"),
        ("lenet-5", "z[c3,5,2,0]", "b₅⁽³⁾ × 1 + Σ w[m,n]^(3,5←k) × p[2+m, 0+n]^(2,k)"),
        ("cnn-by-hand", "z[conv,1,1]", "b × 1 + Σ w[m,n] × x[1+m, 1+n]"),
    ],
)
def test_a_filter_is_written_once_weight_by_what_lies_under_it(name, address, general):
    assert symbols_of(name, address) == general


def symbols_of(name, address):
    moment = moment_at(name, 10**9)
    (equation,) = explain(moment, moment.notation.parse(address)).equations
    return text(typeset(equation).symbolic)
