"""Activation functions of one number: value, slope and formula under each other."""

from __future__ import annotations

import math

import numpy as np

from nnviz.engine.choices import Domain, Setting
from nnviz.engine.formula import (
    EULER,
    ONE,
    TWO,
    Call,
    Constant,
    Difference,
    Expr,
    Group,
    Indicator,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
    constant,
    evaluate,
)
from nnviz.engine.ops.base import NOISE, Array, Elementwise, scalar

ZERO = Constant(0.0, "0")
ONE_ARRAY, ZERO_ARRAY = scalar(1.0), scalar(0.0)


class Identity(Elementwise):
    """φ(z) = z, the linear unit."""

    symbol = "id"
    name = "identity"
    title = "identity"
    sentence = "No function at all: layers of it are no better than one layer."
    formula = "φ(z) = z"

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        return x

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        return np.ones_like(x)

    def d_x(self, dy: Array, y: Array, x: Array, *, out: Array | None = None) -> Array:
        return dy

    def expression(self, x: Expr) -> Expr:
        return x

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        return ONE


class Logistic(Elementwise):
    """φ(z) = 1/(1 + e⁻ᶻ), with slope φ(z)·(1 − φ(z)), at most ¼.

    The 1 is larger by its last binary digit, so that φ(z) never rounds to 1: then ∂E/∂a of a cross-entropy is
    finite and the slope is not 0, and their product δ is right however saturated the unit is.
    """

    symbol = "σ"
    name = "logistic"
    title = "logistic"
    sentence = "Between 0 and 1: the classic; slopes are small, so it learns slowly."
    formula = "φ(z) = 1 / (1 + e^(−z))"
    LEAST = -708.0  # below, e⁻ᶻ overflows, and φ(z) is less than 1e−307
    ONE = math.nextafter(1.0, 2.0)

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        power = np.exp(np.negative(np.maximum(x, self.LEAST, out=out), out=out), out=out)
        y: Array = np.reciprocal(np.add(power, self.ONE, out=out), out=out)
        return y

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        return np.multiply(np.subtract(ONE_ARRAY, y, out=out), y, out=out)

    def expression(self, x: Expr) -> Expr:
        return Quotient(ONE, Sum((ONE, Power(EULER, Negative(x)))))

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        return Product((y, Group(Difference(ONE, y))))


class Tanh(Elementwise):
    """φ(z) = tanh z, with slope 1 − tanh² z."""

    symbol = "tanh"
    name = "tanh"
    title = "tanh"
    sentence = "Between −1 and 1, smooth: a good choice for a small network."
    formula = "φ(z) = tanh z"

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        y: Array = np.tanh(x, out=out)
        return y

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        return np.subtract(ONE_ARRAY, np.multiply(y, y, out=out), out=out)

    def expression(self, x: Expr) -> Expr:
        return Call("tanh", (x,))

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        return Difference(ONE, Power(y, TWO))


class ReLU(Elementwise):
    """The rectifier φ(z) = max(0, z). It has no slope at 0; `slope_at_zero` is the one that is agreed on."""

    symbol = "relu"
    name = "relu"
    title = "ReLU"
    sentence = "0 below zero, z above it: fast, and good in deep networks; a neuron can die."
    agreed = {"slope_at_zero": "relu_slope_at_zero"}
    has_kink = True

    def __init__(self, slope_at_zero: float = 0.0) -> None:
        self.slope_at_zero = slope_at_zero

    formula = "φ(z) = max(0, z)"

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        return np.maximum(x, ZERO_ARRAY, out=out)

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        if self.slope_at_zero == 0.0:
            return np.sign(y, out=out)
        return np.heaviside(x, self.slope_at_zero)

    def d_x(self, dy: Array, y: Array, x: Array, *, out: Array | None = None) -> Array:
        slope = np.sign(y, out) if self.slope_at_zero == 0.0 else self.derivative(y, x)
        dx: Array = np.multiply(slope, dy, out)
        return dx

    def expression(self, x: Expr) -> Expr:
        return Call("max", (ZERO, x))

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        above = Indicator(x, ">", ZERO)
        if self.slope_at_zero == 0.0:
            return above
        return Sum((above, Product((constant(self.slope_at_zero), Indicator(x, "=", ZERO)))))


class LeakyReLU(Elementwise):
    """φ(z) = z for z > 0 and λ·z elsewhere, with a small fixed slope λ."""

    symbol = "leaky relu"
    name = "leaky_relu"
    title = "leaky ReLU"
    sentence = "A ReLU with a small slope below zero, so that no neuron dies."
    settings = {"slope": Setting(Domain.ANY)}
    has_kink = True

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = slope

    @property
    def formula(self) -> str:  # type: ignore[override]
        return f"φ(z) = z if z > 0, else {constant(self.slope).text}·z"

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        return np.where(x > 0.0, x, self.slope * x)

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        return np.where(x > 0.0, 1.0, self.slope)

    def expression(self, x: Expr) -> Expr:
        return Call("max", (x, Product((constant(self.slope), x))))

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        above = Product((constant(1.0 - self.slope), Indicator(x, ">", ZERO)))
        return Sum((constant(self.slope), above))


class PReLU(Elementwise):
    """φ(z) = z for z > 0 and λ·z elsewhere, with a slope λ that every neuron learns for itself.

    Equations 53 to 56 of the notes: ∂a/∂λ is 0 for z > 0 and z elsewhere (He et al. 2015). λ has one number
    for each neuron, or for each map; without one, the slope `start` with which training begins is taken.
    """

    arguments = ("x", "slope")
    symbol = "prelu"
    name = "prelu"
    title = "PReLU"
    sentence = "A leaky ReLU whose slope below zero is learned."
    settings = {"slope": Setting(Domain.ANY, argument="start")}
    has_kink = True
    formula = "φ(z) = z if z > 0, else λ·z"

    def __init__(self, start: float = 0.25) -> None:
        self.start = start

    def forward(self, x: Array, slope: Array | None = None, *, out: Array | None = None) -> Array:
        return np.where(x > 0.0, x, self._beside(x, slope) * x)

    def derivative(
        self, y: Array, x: Array, slope: Array | None = None, *, out: Array | None = None
    ) -> Array:
        return np.where(x > 0.0, 1.0, self._beside(x, slope))

    def d_x(
        self, dy: Array, y: Array, x: Array, slope: Array | None = None, *, out: Array | None = None
    ) -> Array:
        return np.where(x > 0.0, dy, self._beside(x, slope) * dy)

    def d_slope(self, dy: Array, y: Array, x: Array, slope: Array, *, out: Array | None = None) -> Array:
        """∂E/∂λ: over all examples, and all positions of a map, ∂E/∂a·∂a/∂λ (equation 55)."""
        shares = dy * self.slope_derivative(x)
        total: Array = shares.sum(axis=(0, *range(2, x.ndim)), out=out)
        return total

    def slope_derivative(self, x: Array) -> Array:
        """∂a/∂λ of every cell: z where it is not above 0 (equation 56)."""
        return np.minimum(x, 0.0)

    def _beside(self, x: Array, slope: Array | None) -> Array | float:
        """λ so that it lies beside the units or maps of x, which come after the example."""
        return self.start if slope is None else slope.reshape(-1, *(1,) * (x.ndim - 2))

    def expression(self, x: Expr, slope: Expr | None = None) -> Expr:
        return x if evaluate(x) > 0 else Product((self._slope_or_start(slope), x))

    def slope_expression(self, y: Expr, x: Expr, slope: Expr | None = None) -> Expr:
        return ONE if evaluate(x) > 0 else self._slope_or_start(slope)

    def slope_derivative_expression(self, x: Expr) -> Expr:
        """∂a/∂λ as the notes write it."""
        return ZERO if evaluate(x) > 0 else x

    def _slope_or_start(self, slope: Expr | None) -> Expr:
        return constant(self.start) if slope is None else slope


class Threshold(Elementwise):
    """McCulloch and Pitts' unit: 1 where z ≥ θ and 0 elsewhere. Its slope is 0 wherever it exists.

    A z that misses θ by rounding alone has reached it.
    """

    symbol = "step"
    name = "threshold"
    title = "threshold"
    sentence = "Fires or not: what a neuron does in the oldest model."
    not_hidden = "Its slope is 0 everywhere, so nothing in front of it could learn."
    settings = {"threshold": Setting(Domain.ANY, argument="theta")}
    has_kink = True
    formula = "φ(z) = 1 if z ≥ θ, else 0"

    def __init__(self, theta: float = 0.0) -> None:
        self.theta = theta

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        return (x >= self.theta - NOISE * abs(self.theta)).astype(np.float64)

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        return np.zeros_like(x)

    def expression(self, x: Expr) -> Expr:
        return Indicator(x, "≥", constant(self.theta))

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        return ZERO
