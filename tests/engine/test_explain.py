"""Every explanation of every step: its formula gives the engine's value, its printed line the printed result.

The printed line is read back by `tests.printed`.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from nnviz.engine.explain import explain, explain_place, is_nowhere
from nnviz.engine.formula import Omitted, Product, Quantity, children, quantities
from nnviz.engine.outline import Depth
from nnviz.engine.places import MOST_EQUATIONS
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.engine.typeset import line, text, typeset
from tests.engine.conftest import VARIANTS
from tests.printed import assert_printed_honestly, assert_true, calculate

DIGITS = (2, 3, 4, 6, 10)


def assert_good(moment, explanation, *digits):
    assert explanation.narration and explanation.crumbs
    assert explanation.equations or explanation.given or is_nowhere(moment)
    for equation in explanation.equations:
        assert_true(equation)
        for each in digits:
            assert_printed_honestly(equation, each)
        for named in quantities(equation.right):
            if named.ref is not None:
                assert moment.value(named.ref) == named.value


@pytest.mark.parametrize("depth", [Depth.TERM, Depth.NEURON])
def test_every_position(variant, depth):
    for turn, moment in enumerate(variant.moments(example=variant.timeline.rows(0)[-1])):
        if moment.leaf is not None:
            assert_good(moment, explain_place(moment, depth), DIGITS[turn % len(DIGITS)])


@pytest.mark.parametrize("iteration", [0, 1])
@pytest.mark.parametrize("depth", [Depth.NEURON, Depth.LAYER, Depth.PASS, Depth.ITERATION, Depth.EPOCH])
def test_every_stop(variant, depth, iteration):
    if not variant.timeline.ensure(iteration):
        pytest.skip("there is only one iteration")
    example = variant.timeline.rows(iteration)[0]
    for turn, position in enumerate(variant.walk.outline(iteration).stops(depth)):
        moment = variant.moment(position, iteration, example)
        assert_good(moment, explain_place(moment, depth), *{4, DIGITS[turn % len(DIGITS)]})


def test_every_number_explains_itself(variant):
    end = variant.end()
    for turn, (node, part) in enumerate(itertools.product(variant.graph.nodes, Part)):
        for cell in np.ndindex(node.shape):
            for ref in (Ref(node.scope, part, cell), Ref(node.scope, part, cell, end.rows[-1])):
                explanation = explain(end, ref)
                if end.value(ref) is None:
                    is_over = end.is_over(ref)
                    assert ("has ended before" if is_over else "Not computed yet.") in explanation.narration
                    assert not explanation.equations and not explanation.given
                else:
                    assert_good(end, explanation, *{4, DIGITS[turn % len(DIGITS)]})
                    shown = [e.target for e in explanation.equations] or explanation.given
                    assert [quantity.value for quantity in shown] == [end.value(ref)]


def test_a_sum_of_targets_that_is_not_1_stands_before_the_output(network):
    end = network(**VARIANTS["softmax, targets that are no distribution"]).end()
    [equation] = explain(end, Ref("output/z", Part.DELTA, (0,))).equations
    assert text(typeset(equation).symbolic) == "(t₃ + t₄ + t₅) × a₃ − t₃"


def test_terms_of_a_sum_lead_to_its_value(variant):
    """The last “so far” of every stepped sum is the number itself, up to a common sign or factor."""
    outline = variant.walk.outline(0)
    for stage in outline.stages:
        for ref, terms in stage.results(0):
            if not terms:
                continue
            position = outline.completed_at(ref)
            absent = 0  # steps behind the end of the last sequence
            while is_nowhere(variant.moment(position - 1 - absent)):
                absent += 1
            last = explain_place(variant.moment(position - 1 - absent), Depth.TERM)
            assert last.equations[0].target.name.letter == f"term {terms - absent}"
            value = variant.moment(position).value(ref)
            assert abs(last.equations[-1].result) == pytest.approx(abs(value), rel=1e-12, abs=1e-15)


def test_learning_rate_is_given(network):
    explanation = explain(network().end(), LEARNING_RATE)
    assert [quantity.value for quantity in explanation.given] == [0.2]


def test_start_has_a_sentence_and_no_equation_but_those_of_dropped_inputs(variant):
    explanation = explain_place(variant.moment(0), Depth.NEURON)
    scopes = {one.target.ref.scope for one in explanation.equations}
    assert explanation.narration
    assert scopes == ({"x"} if variant.graph.data is not variant.graph.inputs else set())


def test_the_notes_line_by_line(power_plant):
    """The second example of the notes, as it stands on the blackboard."""
    end = power_plant().end(example=1)
    for address, wanted in (
        ("z[3]", "z₃ = w₃,₀ × 1 + w₃,₁ × x₁ + w₃,₂ × x₂ = 0.10 × 1 + (−0.20) × 0.84 + 0.11 × 0.58 = −0.0042"),
        ("a[3]", "a₃ = 1 / (1 + e^(−z₃)) = 1 / (1 + e^(−(−0.0042))) = 0.4990"),
        ("da[8]", "∂E/∂a₈ = −(t₈ − a₈) = −(0.13 − 0.4718) = 0.3418"),
        ("slope[8]", "∂a₈/∂z₈ = a₈ × (1 − a₈) = 0.4718 × (1 − 0.4718) = 0.2492"),
        ("delta[8]", "δ₈ = ∂E/∂a₈ × ∂a₈/∂z₈ = 0.3418 × 0.2492 = 0.0852"),
        ("da[3]", "∂E/∂a₃ = δ₆ × w₆,₃ + δ₇ × w₇,₃ = 0.0025 × (−0.04) + (−0.0105) × 0.20 = −0.0022"),
        ("w_new[7,5]", "w₇,₅ⁿᵉʷ = w₇,₅ − α × ∂E/∂w₇,₅ = −0.09 − 0.2 × 0.0015 = −0.0903"),
    ):
        (equation,) = explain(end, end.notation.parse(address)).equations
        assert line(equation, 4) == wanted


def test_rounded_factors_that_miss_the_result_get_the_other_sign(network):
    net = network(seed=4)
    signs = {
        digits: [
            typeset(equation, digits).sign
            for moment in net.moments()
            if moment.leaf is not None
            for equation in explain_place(moment, Depth.NEURON).equations
        ]
        for digits in (2, 10)
    }
    assert signs[2].count("≈") > 20 and signs[2].count("=") > 20


@pytest.mark.parametrize(
    "options",
    [
        {"activations": "identity", "learning_rate": 1e6},
        {"activations": ("relu", "relu", "identity"), "learning_rate": 1e9, "seed": 3},
        {
            "widths": (2, 2, 3),
            "activations": ("identity", "softmax"),
            "learning_rate": 1e300,
            "loss": "cross_entropy",
        },
    ],
)
def test_a_run_that_has_overflowed_can_still_be_stepped_through(network, options):
    net = network(**options)
    assert net.timeline.extend(1000)
    last = net.timeline.length - 1
    assert net.timeline.diverged_at == last
    for position in range(1, net.walk.outline(last).length + 1):
        moment = net.moment(position, last)
        for depth in (Depth.TERM, Depth.NEURON):
            explanation = explain_place(moment, depth)
            assert explanation.narration
            assert all(line(equation, 4) for equation in explanation.equations)


def test_long_sums_and_long_layers_are_cut(network):
    net = network(widths=(30, 40, 1))
    end = net.end()
    (equation,) = explain(end, Ref("hidden1/z", cell=(7,))).equations
    terms = children(equation.right)
    assert len(terms) == 6 and isinstance(terms[4], Omitted) and terms[4].count == 26
    assert "⋯ 26 more ⋯" in line(equation, 4)
    assert all(isinstance(term, Product) for term in (*terms[:4], terms[5]))
    place = net.moment(net.walk.outline(0).stages[0].end)
    explanation = explain_place(place, Depth.LAYER)
    assert (len(explanation.equations), explanation.omitted) == (MOST_EQUATIONS, 2 * 40 - MOST_EQUATIONS)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("0.10 × 1 + (−0.20) × 0.84", -0.068),
        ("½ × ((0.94 − 0.44)²)", 0.125),
        ("1 / (1 + e^(−0))", 0.5),
        ("−(1 × ln 0.5 + (1 − 1) × ln(1 − 0.5))", math.log(2)),
        ("max(0, −0.2)", 0.0),
        ("[−0.2 > 0] + 0.5 × [0 = 0]", 0.5),
        ("round((31.41 − 1.81) / (37.11 − 1.81), 2)", 0.84),
        ("3.1e−6 × 1,234.5", 3.1e-6 * 1234.5),
        ("1 + ⋯ 26 more ⋯ + 2", -4.5),
        ("e^1.5 / (e^1.5 + e^(−0.9) + e^0.6)", 0.667874356),
    ],
)
def test_the_calculator_itself(printed, value):
    assert calculate(printed, [-7.5]) == pytest.approx(value, rel=1e-8)


def test_roles_follow_the_kind_of_thing(power_plant):
    end = power_plant().end(example=1)
    (equation,) = explain(end, end.notation.parse("delta[6]")).equations
    whole = explain_place(
        power_plant().moment(end.outline.completed_at(end.notation.parse("delta[6]")), example=1), 2
    )
    roles = [(quantity.role, quantity.name.letter) for quantity in quantities(whole.equations[0].right)]
    assert roles == [("backward", "δ"), ("positive", "w"), ("forward", "a")]
    assert equation.target.role == "backward"
    (update,) = explain(end, end.notation.parse("w_new[8,7]")).equations
    assert [q.role for q in quantities(update.right)] == ["negative", "update", "backward"]
    assert all(isinstance(q, Quantity) and q.caption for q in quantities(update.right))
