"""Every choice on which textbooks differ is named, and the numbers follow it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from nnviz.engine.conventions import Conventions, Subject, describe
from nnviz.engine.ops import SquaredError
from nnviz.engine.ref import Part, Ref


def rows(conventions, loss="squared_error", **others):
    op = SquaredError(conventions.squared_error_half, conventions.reduction == "mean")
    subject = Subject(loss, op.formula if loss == "squared_error" else "E = …", batch="batch", **others)
    return {row.name: row for row in describe(conventions, subject)}


@pytest.mark.parametrize(
    ("conventions", "name", "choice", "formula"),
    [
        (Conventions(), "squared error", "with the half", "E = ½ Σ (t − a)², slope −(t − a)"),
        (
            Conventions(squared_error_half=False, reduction="mean"),
            "squared error",
            "without the half",
            "E = 1/N Σ (t − a)², slope −2(t − a)",
        ),
        (Conventions(), "over examples", "sum", "E and ∂E/∂w summed over the examples"),
        (
            Conventions(reduction="mean"),
            "over examples",
            "mean",
            "E, ∂E/∂a, δ and ∂E/∂w carry 1/N, N the examples of the batch",
        ),
        (Conventions(), "bias", "one for each neuron, trained", "z = w₀·1 + Σ w·a"),
        (
            Conventions(bias="shared", bias_trained=False),
            "bias",
            "one for each layer, not trained",
            "z = w₀·1 + Σ w·a, w₀ the same for the layer, w₀ fixed",
        ),
        (Conventions(bias="none"), "bias", "none", "z = Σ w·a"),
        (Conventions(relu_slope_at_zero=0.5), "slope of ReLU at 0", "0.5", "φ′(0) = 0.5"),
        (Conventions(), "sign of δ", "δ is the gradient", "δ = ∂E/∂z, ∂E/∂w = δ·a"),
        (
            Conventions(delta="negative_gradient"),
            "sign of δ",
            "δ is the negative gradient",
            "δ = −∂E/∂z, ∂E/∂w = −δ·a",
        ),
        (Conventions(), "weights in the backward pass", "before the update", "∂E/∂a = Σ δ·w(old)"),
        (
            Conventions(backward_weights="new"),
            "weights in the backward pass",
            "after the update",
            "∂E/∂a = Σ δ·w(new)",
        ),
        (Conventions(), "update", "batch", "w ← w − α·∂E/∂w"),
        (
            Conventions(),
            "rounding",
            "a sum that cancels is 0",
            "0.1 + 0.2 − 0.3 = 0: |Σ| ≤ 8·2⁻⁵² of its largest term",
        ),
        (Conventions(), "preprocessing", "none", ""),
    ],
)
def test_described_as(conventions, name, choice, formula):
    assert rows(conventions)[name] == (name, choice, formula)


@pytest.mark.parametrize("field", [field.name for field in fields(Conventions)])
def test_every_setting_shows(field):
    other = {
        "squared_error_half": False,
        "reduction": "mean",
        "bias": "shared",
        "bias_trained": False,
        "delta": "negative_gradient",
        "relu_slope_at_zero": 1.0,
        "backward_weights": "new",
    }
    assert rows(Conventions(**{field: other[field]})) != rows(Conventions())


def test_a_lesson_that_only_runs_forward_has_no_conventions_of_training():
    found = rows(Conventions(), None)
    assert set(found) == {"bias", "rounding", "preprocessing"}
    assert "trained" not in found["bias"].choice


def test_only_networks_with_relus_have_a_slope_of_relu_at_0():
    assert "slope of ReLU at 0" not in rows(Conventions(), has_relu=False)


def test_frozen_parameters_and_the_way_of_the_data_are_named():
    found = rows(Conventions(), frozen="Hidden 1 (biases)", preprocessing_formula="(x − min) / (max − min)")
    assert found["frozen"].choice == "Hidden 1 (biases)"
    assert found["preprocessing"].formula == "(x − min) / (max − min)"


def test_cross_entropy_has_no_half():
    assert "squared error" not in rows(Conventions(), "cross_entropy")
    assert "over examples" in rows(Conventions(), "cross_entropy")
    assert rows(Conventions(), "cross_entropy")["cross-entropy"].formula == "E = …"


def test_half_and_mean_scale_loss_and_gradients(network):
    cell = Ref("output/w", Part.GRADIENT, (0, 0))
    values = {
        (half, mean): [network(half=half, mean=mean).end().value(ref) for ref in (Ref("loss"), cell)]
        for half in (True, False)
        for mean in (True, False)
    }
    loss, gradient = values[True, False]
    assert values[False, False] == pytest.approx([2 * loss, 2 * gradient])
    assert values[True, True] == pytest.approx([loss / 4, gradient / 4])
    assert values[False, True] == pytest.approx([loss / 2, gradient / 2])


@pytest.mark.parametrize(("delta", "sign"), [("gradient", 1), ("negative_gradient", -1)])
def test_sign_of_delta(network, delta, sign):
    end = network(delta=delta).end()
    for cell in ((0,), (1,)):
        z = Ref("hidden2/z", Part.DELTA, cell)
        assert end.value(z) == sign * end.value(z.of(Part.GRADIENT))
    assert end.textbook.conventions.delta_sign == sign
