"""From expressions to one line of text, with symbols and with numbers."""

from __future__ import annotations

import math

import pytest

from nnviz.engine.formula import (
    EULER,
    HALF,
    ONE,
    TWO,
    Call,
    Difference,
    Equation,
    Group,
    Indicator,
    Name,
    Negative,
    Omitted,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    constant,
    evaluate,
    quantities,
)
from nnviz.engine.typeset import Atom, Fraction, Row, Setting, arrange, line, name_text, text, typeset

A = Quantity(Name("a", "3"), 0.49895)
W = Quantity(Name("w", "6,3"), -0.04, decimals=2)
T = Quantity(Name("t", "8"), 0.13, decimals=2)
Z = Quantity(Name("z", "3"), -0.0042)
ZERO = constant(0.0)
CASES = [
    (Call("max", (A,)), "max a₃", "max 0.4990"),
    (A, "a₃", "0.4990"),
    (Power(Call("tanh", (A,)), TWO), "(tanh a₃)²", "(tanh 0.4990)²"),
    (Power(Quantity(Name("a", "3", "d2"), 0.5), TWO), "(a₃ᵈ²)²", "0.5000²"),
    (ONE, "1", "1"),
    (HALF, "½", "½"),
    (constant(-0.5), "−0.5", "−0.5"),
    (Sum((A, T)), "a₃ + t₈", "0.4990 + 0.13"),
    (Sum((T, W)), "t₈ + w₆,₃", "0.13 + (−0.04)"),
    (Sum((W, T)), "w₆,₃ + t₈", "−0.04 + 0.13"),
    (Sum((A, Negative(T))), "a₃ − t₈", "0.4990 − 0.13"),
    (Sum((A, Negative(Sum((A, T))))), "a₃ − (a₃ + t₈)", "0.4990 − (0.4990 + 0.13)"),
    (Sum((A, Product((W, T)))), "a₃ + w₆,₃ × t₈", "0.4990 + (−0.04) × 0.13"),
    (Difference(T, A), "t₈ − a₃", "0.13 − 0.4990"),
    (Difference(T, W), "t₈ − w₆,₃", "0.13 − (−0.04)"),
    (Difference(W, T), "w₆,₃ − t₈", "−0.04 − 0.13"),
    (Difference(T, Sum((A, T))), "t₈ − (a₃ + t₈)", "0.13 − (0.4990 + 0.13)"),
    (Difference(T, Product((W, A))), "t₈ − w₆,₃ × a₃", "0.13 − (−0.04 × 0.4990)"),
    (Product((W, A)), "w₆,₃ × a₃", "−0.04 × 0.4990"),
    (Product((A, W)), "a₃ × w₆,₃", "0.4990 × (−0.04)"),
    (Product((Sum((A, T)), W)), "(a₃ + t₈) × w₆,₃", "(0.4990 + 0.13) × (−0.04)"),
    (Product((A, Group(Difference(ONE, A)))), "a₃ × (1 − a₃)", "0.4990 × (1 − 0.4990)"),
    (Quotient(T, A), "t₈ / a₃", "0.13 / 0.4990"),
    (Quotient(ONE, Sum((ONE, A))), "1 / (1 + a₃)", "1 / (1 + 0.4990)"),
    (Quotient(Difference(T, A), A), "(t₈ − a₃) / a₃", "(0.13 − 0.4990) / 0.4990"),
    (Power(A, TWO), "a₃²", "0.4990²"),
    (Power(W, TWO), "w₆,₃²", "(−0.04)²"),
    (Power(Group(Difference(T, A)), TWO), "(t₈ − a₃)²", "(0.13 − 0.4990)²"),
    (Power(EULER, Negative(Z)), "e^(−z₃)", "e^(−(−0.0042))"),
    (Power(EULER, Negative(A)), "e^(−a₃)", "e^(−0.4990)"),
    (Power(EULER, A), "e^(a₃)", "e^(0.4990)"),
    (Negative(A), "−a₃", "−0.4990"),
    (Negative(W), "−w₆,₃", "−(−0.04)"),
    (Negative(Sum((A, T))), "−(a₃ + t₈)", "−(0.4990 + 0.13)"),
    (Negative(Product((A, T))), "−a₃ × t₈", "−0.4990 × 0.13"),
    (Negative(Quotient(W, A)), "−w₆,₃ / a₃", "−(−0.04 / 0.4990)"),
    (Sum((A, Quotient(W, A))), "a₃ + w₆,₃ / a₃", "0.4990 + (−0.04 / 0.4990)"),
    (Product((A, Quotient(W, A))), "a₃ × w₆,₃ / a₃", "0.4990 × (−0.04 / 0.4990)"),
    (Negative(Product((W, T))), "−w₆,₃ × t₈", "−(−0.04 × 0.13)"),
    (Negative(Quotient(T, A)), "−t₈ / a₃", "−0.13 / 0.4990"),
    (Call("ln", (A,)), "ln a₃", "ln 0.4990"),
    (Call("ln", (Difference(ONE, A),)), "ln(1 − a₃)", "ln(1 − 0.4990)"),
    (Call("tanh", (Z,)), "tanh z₃", "tanh(−0.0042)"),
    (Call("Φ", (Z,)), "Φ(z₃)", "Φ(−0.0042)"),
    (Call("max", (ZERO, Z)), "max(0, z₃)", "max(0, −0.0042)"),
    (Call("round", (Quotient(T, A), constant(2.0))), "round(t₈ / a₃, 2)", "round(0.13 / 0.4990, 2)"),
    (Indicator(Z, ">", ZERO), "[z₃ > 0]", "[−0.0042 > 0]"),
    (Product((HALF, Indicator(Z, "=", ZERO))), "½ × [z₃ = 0]", "½ × [−0.0042 = 0]"),
    (Sum((A, Omitted(1234, 5.0), T)), "a₃ + ⋯ + t₈", "0.4990 + ⋯ 1,234 more ⋯ + 0.13"),
    (Product((Group(Sum((A, T))), W)), "(a₃ + t₈) × w₆,₃", "(0.4990 + 0.13) × (−0.04)"),
]


@pytest.mark.parametrize(("expr", "symbols", "numbers"), CASES, ids=[case[2] for case in CASES])
def test_text(expr, symbols, numbers):
    assert text(arrange(expr, Setting(4, symbolic=True))) == symbols
    assert text(arrange(expr, Setting(4))) == numbers


def test_digits_change_what_is_computed_and_not_what_is_data():
    expr = Product((A, W))
    assert text(arrange(expr, Setting(2))) == "0.50 × (−0.04)"
    assert text(arrange(expr, Setting(7))) == "0.4989500 × (−0.04)"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (Name("δ", "6"), "δ₆"),
        (Name("w", "7,5"), "w₇,₅"),
        (Name("w", "7,5", "new"), "w₇,₅ⁿᵉʷ"),
        (Name("z", "12", "(1)"), "z₁₂⁽¹⁾"),
        (Name("E", by=Name("a", "8")), "∂E/∂a₈"),
        (Name("a", "6", by=Name("z", "6")), "∂a₆/∂z₆"),
        (Name("a", "8", "d2"), "a₈ᵈ²"),
        (Name("w", "Hidden 1,0"), "w[Hidden 1,0]"),
        (Name("a", "8", "Monday"), "a₈^Monday"),
        (Name("z", "3", mark=" so far"), "z₃ so far"),
        (Name("α"), "α"),
    ],
)
def test_names(name, shown):
    assert name_text(name) == shown


@pytest.mark.parametrize(
    ("expr", "result", "sign", "digits"),
    [
        (Sum((T, W)), 0.09, "=", 4),
        (Product((Quantity(Name("p"), 1.4), Quantity(Name("q"), 1.4))), 1.96, "=", 2),
        (Sum(tuple(Quantity(Name("w"), w, decimals=1) for w in (0.1, 0.2, -0.3))), 0.1 + 0.2 - 0.3, "≈", 4),
        (Sum(tuple(Quantity(Name("w"), w, decimals=1) for w in (0.1, 0.2, -0.3))), 0.0, "=", 4),
        (Product((Quantity(Name("p"), 1e300), Quantity(Name("q"), 1e300))), math.inf, "≈", 4),
        (Product((Quantity(Name("p"), 1.444), Quantity(Name("q"), 1.444))), 1.444**2, "≈", 2),
        (Product((Quantity(Name("p"), 1.444), Quantity(Name("q"), 1.444))), 1.444**2, "=", 3),
        (Quotient(ONE, ZERO), math.inf, "=", 4),
        (Difference(Quotient(ONE, ZERO), Quotient(ONE, ZERO)), math.nan, "=", 4),
    ],
)
def test_sign_before_the_result(expr, result, sign, digits):
    assert typeset(Equation(Quantity(Name("y"), result), expr), digits).sign == sign


def test_line():
    equation = Equation(Quantity(Name("y"), 0.09), Sum((T, W)))
    assert line(equation) == "y = t₈ + w₆,₃ = 0.13 + (−0.04) = 0.0900"
    assert line(equation, 2, symbolic=False) == "y = 0.13 + (−0.04) = 0.09"


def test_boxes_keep_the_quantities_that_can_be_clicked():
    expr = Quotient(Sum((A, T)), W)
    box = arrange(expr, Setting(4))
    assert isinstance(box, Fraction) and isinstance(box.above, Row)
    assert isinstance(box.below, Atom) and box.below.quantity is W
    assert list(quantities(expr)) == [A, T, W]


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        (Quotient(ONE, Sum((ONE, Power(EULER, constant(1000.0))))), 0.0),
        (Quotient(ONE, ZERO), math.inf),
        (Quotient(Negative(ONE), ZERO), -math.inf),
        (Quotient(ZERO, ZERO), math.nan),
        (Call("ln", (ZERO,)), -math.inf),
        (Call("ln", (constant(-1.0),)), math.nan),
        (Product((ZERO, Call("ln", (ZERO,)))), 0.0),
        (Product((ZERO, Quotient(ONE, ZERO))), math.nan),
        (Call("round", (constant(2.675), TWO)), 2.68),
        (Indicator(ONE, "≤", ONE), 1.0),
        (Indicator(ONE, ">", ONE), 0.0),
        (Sum((ONE, Omitted(3, 5.0))), 6.0),
    ],
)
def test_values_at_the_edges(expr, value):
    assert evaluate(expr) == pytest.approx(value, nan_ok=True)


H, TINY = Quantity(Name("h", "1"), 0.7616, role="forward"), 4.97e-05
P_AND_NOTHING = Sum((Quantity(Name("p"), TINY), ZERO))


@pytest.mark.parametrize(
    ("target", "right", "printed"),
    [
        (Quantity(Name("h", "1"), 0.7616), H, "h₁ = 0.7616"),  # a copy by the same name
        (Quantity(Name("a", "1"), 0.7616), H, "a₁ = h₁ = 0.7616"),
        (Quantity(Name("E"), 0.0), ZERO, "E = 0.0000"),
        (Quantity(Name("a"), TINY), Quantity(Name("z"), TINY), "a = z = 5.0e−5"),
        (
            Quantity(Name("a"), TINY),
            Sum((Quantity(Name("p"), TINY), ZERO)),
            "a = p + 0 = 5.0e−5 + 0 = 5.0e−5",
        ),
        (
            Quantity(Name("a"), 4.4e-05),
            Sum((Quantity(Name("p"), TINY), ZERO)),
            "a = p + 0 = 5.0e−5 + 0 ≈ 4.4e−5",
        ),
        (Quantity(Name("term 2"), 0.0), Product((ZERO, ONE)), "term 2 = 0 × 1 = 0.0000"),
        (Quantity(Name("y"), 1.0, decimals=0), ONE, "y = 1"),
    ],
)
def test_no_side_is_written_twice(target, right, printed):
    assert line(Equation(target, right)) == printed


@pytest.mark.parametrize(
    ("over", "printed"),
    [
        ("(2)", "w⁽²⁾"),
        ("(2)new", "w⁽²⁾ⁿᵉʷ"),
        ("(hh)", "w^(hh)"),
        ("(hh)new", "w^(hh)ⁿᵉʷ"),
        ("(2)before", "w⁽²⁾^before"),
        ("(hh)before", "w^(hh)before"),
        ("(f)(2)d", "w^(f)(2)ᵈ"),
        ("before", "w^before"),
        ("new", "wⁿᵉʷ"),
    ],
)
def test_an_upper_index_and_the_mark_behind_it_are_each_set_alike_everywhere(over, printed):
    assert name_text(Name("w", over=over)) == printed
