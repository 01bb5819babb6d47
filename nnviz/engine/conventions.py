"""The choices on which textbooks differ. Each is a named setting of the lesson; none is silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from nnviz.engine.ops.base import UNITS, Activation

LOSS_WORDS = {
    "squared_error": "squared error",
    "cross_entropy": "cross-entropy",
    "perceptron": "perceptron criterion",
}


ROUNDING_FORMULA = f"0.1 + 0.2 − 0.3 = 0: |Σ| ≤ {UNITS}·2⁻⁵² of its largest term"


class Convention(NamedTuple):
    """One choice in words: what it is about, what this lesson does, and the formula it leads to."""

    name: str
    choice: str
    formula: str


@dataclass(frozen=True, slots=True)
class Conventions:
    """How this lesson writes backpropagation. The defaults are those of the lecture notes."""

    squared_error_half: bool = True
    reduction: Literal["sum", "mean"] = "sum"
    bias: Literal["per_unit", "shared", "none"] = "per_unit"
    bias_trained: bool = True
    delta: Literal["gradient", "negative_gradient"] = "gradient"
    relu_slope_at_zero: float = 0.0
    backward_weights: Literal["old", "new"] = "old"

    @property
    def delta_sign(self) -> float:
        """δ = sign × ∂E/∂z."""
        return 1.0 if self.delta == "gradient" else -1.0


def agreed_arguments(kind: type[Activation], conventions: Conventions) -> dict[str, float]:
    """What the conventions decide about an activation."""
    return {argument: getattr(conventions, field) for argument, field in kind.agreed.items()}


@dataclass(frozen=True, slots=True)
class Subject:
    """What the conventions of a lesson are about: the parts of it that they concern, in words.

    `loss` is the lesson's name of its loss function, None for a lesson that only runs forward.
    """

    loss: str | None
    loss_formula: str = ""
    preprocessing: str = "none"
    preprocessing_formula: str = ""
    batch: str = ""
    frozen: str = ""
    has_relu: bool = True
    has_filters: bool = False


def describe(conventions: Conventions, subject: Subject) -> list[Convention]:
    """Every convention of a lesson, as the panel and the printed walk-through show it."""
    trains = subject.loss is not None
    rows = _loss_rows(conventions, subject) if trains else []
    rows.append(_bias_row(conventions, subject))
    if subject.frozen:
        rows.append(Convention("frozen", subject.frozen, "keeps its start values"))
    if trains and subject.has_relu:
        rows.append(_relu_row(conventions))
    if trains:
        rows += [_delta_row(conventions), _weights_row(conventions)]
        rows.append(Convention("update", subject.batch, "w ← w − α·∂E/∂w"))
    rows.append(Convention("rounding", "a sum that cancels is 0", ROUNDING_FORMULA))
    rows.append(Convention("preprocessing", subject.preprocessing, subject.preprocessing_formula))
    return rows


def _loss_rows(conventions: Conventions, subject: Subject) -> list[Convention]:
    what = LOSS_WORDS.get(subject.loss or "", "binary cross-entropy")
    choice, formula = "natural logarithm", subject.loss_formula
    if subject.loss == "given":
        return [Convention("loss", "errors are given", formula)]
    if subject.loss == "perceptron":
        choice = "targets −1 and 1, a mistake where t·a ≤ 0"
    if subject.loss == "squared_error":
        choice = "with the half" if conventions.squared_error_half else "without the half"
        formula += ", slope " + ("−(t − a)" if conventions.squared_error_half else "−2(t − a)")
    mean = conventions.reduction == "mean"
    over = (
        "E, ∂E/∂a, δ and ∂E/∂w carry 1/N, N the examples of the batch"
        if mean
        else "E and ∂E/∂w summed over the examples"
    )
    return [Convention(what, choice, formula), Convention("over examples", "mean" if mean else "sum", over)]


def _bias_row(conventions: Conventions, subject: Subject) -> Convention:
    if conventions.bias == "none":
        return Convention("bias", "none", "z = Σ w·a")
    shared = conventions.bias == "shared"
    trains = subject.loss is not None
    each = "filter and neuron" if subject.has_filters else "neuron"
    choice = "one for each layer" if shared else f"one for each {each}"
    if trains:
        choice += ", trained" if conventions.bias_trained else ", not trained"
    formula = "z = w₀·1 + Σ w·a" + (", w₀ the same for the layer" if shared else "")
    if trains and not conventions.bias_trained:
        formula += ", w₀ fixed"
    return Convention("bias", choice, formula)


def _relu_row(conventions: Conventions) -> Convention:
    slope = f"{conventions.relu_slope_at_zero:g}"
    return Convention("slope of ReLU at 0", slope, f"φ′(0) = {slope}")


def _delta_row(conventions: Conventions) -> Convention:
    if conventions.delta == "gradient":
        return Convention("sign of δ", "δ is the gradient", "δ = ∂E/∂z, ∂E/∂w = δ·a")
    return Convention("sign of δ", "δ is the negative gradient", "δ = −∂E/∂z, ∂E/∂w = −δ·a")


def _weights_row(conventions: Conventions) -> Convention:
    if conventions.backward_weights == "old":
        return Convention("weights in the backward pass", "before the update", "∂E/∂a = Σ δ·w(old)")
    return Convention("weights in the backward pass", "after the update", "∂E/∂a = Σ δ·w(new)")
