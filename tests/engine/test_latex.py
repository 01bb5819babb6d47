"""Formulas in LaTeX say what the line of text says, for networks of every family."""

import re

import pytest

from nnviz.engine.explain import Explanation, explain_place
from nnviz.engine.formula import Call, Constant, Equation, Name, Power, Product, Quantity, Quotient, Sum
from nnviz.engine.latex import latex_line, latex_lines, name_latex, words
from nnviz.engine.outline import Depth
from nnviz.engine.typeset import line

RAISED_OR_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
MOST_PLACES = 40


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (Name("δ", "6"), r"\delta _{6}"),
        (Name("w", "7,5"), "w_{7,5}"),
        (Name("w", "1,2", "(hh)(1)new"), r"w_{1,2}^{(\mathrm{hh})(1)\,\mathrm{new}}"),
        (Name("E", by=Name("w", "7,5")), r"\frac{\partial E}{\partial w_{7,5}}"),
        (Name("E", over="←", by=Name("h", "2,t=0")), r"\frac{\partial E^{\leftarrow }}{\partial h_{2,t=0}}"),
        (Name("w", "Hidden 1,0"), r"w_{\text{Hidden 1,0}}"),
        (Name("m\N{COMBINING CIRCUMFLEX ACCENT}", "4,1"), r"\hat{m}_{4,1}"),
        (Name("i†", "1", "(2)"), r"{i^{\dagger}}_{1}^{(2)}"),
        (Name("E", over="step 1", by=Name("b")), r"\frac{\partial E^{\text{step 1}}}{\partial b}"),
        (Name("‖∂E/∂w‖"), r"\|\partial E/\partial w\|"),
        (Name("term 1"), r"\text{term 1}"),
    ],
)
def test_symbols(name, wanted):
    assert name_latex(name) == wanted


def a(value, letter="a"):
    return Quantity(Name(letter), value)


@pytest.mark.parametrize(
    ("right", "result", "wanted"),
    [
        (Quotient(a(1), a(4, "b")), 0.25, r"y = \frac{a}{b} = \frac{1.0000}{4.0000} = 0.2500"),
        (Power(a(2), Constant(2, "2")), 4, "y = {a}^{2} = {2.0000}^{2} = 4.0000"),
        (Sum((a(1234.5), a(-0.25, "b"))), 1234.25, "y = a + b = 1{,}234.5000 + (-0.2500) = 1{,}234.2500"),
        (Product((a(5e-7), Constant(0.5, "½"))), 2.5e-7, None),
    ],
)
def test_shapes(right, result, wanted):
    found = latex_line(Equation(a(result, "y"), right))
    if wanted is None:
        wanted = r"y = a \times \tfrac{1}{2} = 5.0 \cdot 10^{-7} \times \tfrac{1}{2} = 2.5 \cdot 10^{-7}"
    assert found == wanted


def test_a_root_has_a_bar_in_place_of_parentheses():
    right = Call("√", (Sum((a(3), a(1, "b"))),))
    assert latex_line(Equation(a(2, "y"), right)) == r"y = \sqrt{a + b} = \sqrt{3.0000 + 1.0000} = 2.0000"


def test_words_of_a_file_are_only_words():
    assert words(r"50% of {a_b} & $c \d") == r"50\% of \{a\_b\} \& \$c \textbackslash{}d"


def test_says_what_the_line_says(variant):
    """Every number in the same order, nothing but ASCII, every brace closed: of all families."""
    for equation in _equations(variant):
        found = latex_line(equation)
        assert found.isascii(), found
        assert _is_closed(found), found
        assert _numbers(_plain(found)) == _numbers(_on_the_line(line(equation))), found
        assert latex_lines(equation).replace(r"\\ &", "").replace("&", "") == found


def _equations(variant):
    stops = variant.walk.outline(0).stops(Depth.NEURON)
    for position in stops[:: max(1, len(stops) // MOST_PLACES)]:
        yield from explain_place(variant.moment(position), Depth.NEURON).equations


def _is_closed(latex):
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", latex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _plain(latex):
    text = latex.replace("{,}", ",").replace(r"\tfrac{1}{2}", "½")
    return re.sub(r" \\cdot 10\^\{(-?\d+)\}", lambda found: f"e{found[1]}", text)


def _on_the_line(text):
    """A line of text with what is raised or lowered in it set apart from the digits before it."""
    return re.sub(r"(?<=[\d₀₁₂₃₄₅₆₇₈₉])(?=[⁰¹²³⁴⁵⁶⁷⁸⁹])", " ", text).translate(RAISED_OR_LOWERED)


def _numbers(text):
    """The digits of a line in order: of indices, values, exponents."""
    return re.findall(r"\d+", text)


def test_an_explanation_is_shown_as_text_as_html_and_as_latex(network):
    end = network().end()
    told = explain_place(end, Depth.LAYER)
    assert str(told).splitlines()[0] == " › ".join(told.crumbs)
    assert all(line(equation) in str(told) for equation in told.equations)
    assert told._repr_html_().count(r"\displaystyle") == len(told.equations)
    assert told._repr_latex_().startswith("$\\begin{aligned}\n")
    assert told._repr_latex_().count("\\\\\n") == len(told.equations) - 1


def test_what_a_lesson_says_is_no_markup():
    told = Explanation(None, ("<b>",), (), "x < y & $z", (Quantity(Name("x"), 1.0, text="<i>_"),), 2000)
    assert "<b>" not in told._repr_html_()
    assert "&lt;i&gt;" in told._repr_html_()
    assert "… and 2,000 more" in told._repr_html_()
    assert Explanation(None, (), (), "50 %")._repr_latex_() == r"$\text{50 \%}$"
