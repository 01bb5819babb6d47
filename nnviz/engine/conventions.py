"""The choices on which textbooks differ. Each is a named setting of the lesson; none is silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple


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


def describe(conventions: Conventions, loss: str | None, preprocessing: str, batch: str) -> list[Convention]:
    """Every convention of a lesson, as the panel and the printed walk-through show it.

    `loss` is the lesson's name of its loss function, None for a lesson that only runs forward.
    """
    rows = [] if loss is None else _loss_rows(conventions, loss)
    rows += [_bias_row(conventions), _relu_row(conventions)]
    if loss is not None:
        rows += [_delta_row(conventions), _weights_row(conventions)]
        rows.append(Convention("update", batch, "w ← w − α·∂E/∂w"))
    rows.append(Convention("preprocessing", preprocessing, ""))
    return rows


def _loss_rows(conventions: Conventions, loss: str) -> list[Convention]:
    rows = []
    mean = conventions.reduction == "mean"
    if loss == "squared_error":
        half = conventions.squared_error_half
        formula = f"E = {'½ ' if half else ''}{'1/N ' if mean else ''}Σ (t − a)²"
        slope = "−(t − a)" if half else "−2(t − a)"
        choice = "with the half" if half else "without the half"
        rows.append(Convention("squared error", choice, f"{formula}, slope {slope}"))
    what = "divided by the number of examples" if mean else "summed over the examples"
    rows.append(Convention("over examples", "mean" if mean else "sum", f"E and ∂E/∂w {what}"))
    return rows


def _bias_row(conventions: Conventions) -> Convention:
    if conventions.bias == "none":
        return Convention("bias", "none", "z = Σ w·a")
    whose = "one for each layer" if conventions.bias == "shared" else "one for each neuron"
    trained = "trained" if conventions.bias_trained else "not trained"
    return Convention("bias", f"{whose}, {trained}", "z = w₀·1 + Σ w·a")


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
