"""Activation functions like a rectifier without its kink: softplus, ELU and GELU."""

from __future__ import annotations

import math

import numpy as np

from nnviz.engine.choices import Domain, Setting
from nnviz.engine.formula import (
    EULER,
    HALF,
    ONE,
    TWO,
    Call,
    Constant,
    Difference,
    Expr,
    Group,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
    constant,
    evaluate,
)
from nnviz.engine.ops.base import Array, Elementwise
from nnviz.engine.ops.normal import cumulated, density

PI, THREE = Constant(math.pi, "π"), Constant(3.0, "3")


class Softplus(Elementwise):
    """φ(z) = ln(1 + eᶻ), the smooth rectifier, with the logistic function as its slope.

    Computed as max(z, 0) + ln(1 + e^(−|z|)), which is the same number and cannot overflow. Its slope is
    1 − e^(−φ(z)). Dugas et al. (2001).
    """

    symbol = "softplus"
    name = "softplus"
    title = "softplus"
    sentence = "A smooth ReLU that is always above zero."
    formula = "φ(z) = ln(1 + e^z)"

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        return np.logaddexp(0.0, x, out=out)

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        slope: Array = -np.expm1(-y)
        return slope

    def expression(self, x: Expr) -> Expr:
        return Call("ln", (Sum((ONE, Power(EULER, x))),))

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        return Quotient(ONE, Sum((ONE, Power(EULER, Negative(x)))))


class ELU(Elementwise):
    """φ(z) = z for z > 0 and α·(eᶻ − 1) elsewhere, which approaches −α instead of being cut off at 0.

    Its slope is 1 for z > 0 and α·eᶻ elsewhere. α here has nothing to do with the learning rate. Clevert,
    Unterthiner and Hochreiter (2015).
    """

    symbol = "elu"
    name = "elu"
    title = "ELU"
    sentence = "A ReLU that bends smoothly to −1 below zero."
    settings = {"alpha": Setting(Domain.NOT_NEGATIVE)}

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha
        self.has_kink = alpha != 1.0

    @property
    def formula(self) -> str:  # type: ignore[override]
        factor = "" if self.alpha == 1.0 else f"{constant(self.alpha).text}·"
        below = f"{factor}(e^z − 1)" if factor else "e^z − 1"
        return f"φ(z) = z if z > 0, else {below}"

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        return np.where(x > 0.0, x, self.alpha * np.expm1(np.minimum(x, 0.0)))

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        return np.where(x > 0.0, 1.0, self.alpha * np.exp(np.minimum(x, 0.0)))

    def expression(self, x: Expr) -> Expr:
        if evaluate(x) > 0:
            return x
        below = Difference(Power(EULER, x), ONE)
        return below if self.alpha == 1.0 else Product((constant(self.alpha), Group(below)))

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        if evaluate(x) > 0:
            return ONE
        power = Power(EULER, x)
        return power if self.alpha == 1.0 else Product((constant(self.alpha), power))


class GELU(Elementwise):
    """φ(z) = z·Φ(z), Φ the normal distribution: z as often as a normal number lies below it.

    Its slope is Φ(z) + z·e^(−z²/2)/√(2π). Hendrycks and Gimpel (2016).
    """

    symbol = "gelu"
    name = "gelu"
    title = "GELU"
    sentence = "A smooth ReLU, z·Φ(z) with the normal distribution Φ, as used in transformers."
    formula = "φ(z) = z·Φ(z), Φ(z) = ½·(1 + erf(z/√2))"

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        return x * cumulated(x)

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        return cumulated(x) + x * density(x)

    def expression(self, x: Expr) -> Expr:
        return Product((x, Call("Φ", (x,))))

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        bell = Power(EULER, Negative(Quotient(Power(x, TWO), TWO)))
        return Sum((Call("Φ", (x,)), Quotient(Product((x, bell)), Call("√", (Product((TWO, PI)),)))))


class GELUTanh(Elementwise):
    """GELU with a tanh in place of Φ, as its authors give it for computing, off by at most 0.0005:

    φ(z) = ½·z·(1 + tanh u), u = √(2/π)·(z + 0.044715·z³); PyTorch's approximate="tanh". Its slope is
    ½·(1 + tanh u) + ½·z·(1 − tanh² u)·√(2/π)·(1 + 0.134145·z²). From |z| = 10 on tanh u is ±1 in every digit,
    so u is not computed beyond.
    """

    symbol = "gelu tanh"
    name = "gelu_tanh"
    title = "GELU with tanh"
    sentence = "GELU with a tanh in place of Φ, off by at most 0.0005, as GPT-2 has it."
    formula = "φ(z) = ½·z·(1 + tanh(√(2/π)·(z + 0.044715·z³)))"

    CUBE = 0.044715
    SCALE = math.sqrt(2.0 / math.pi)
    FLAT = 10.0

    def forward(self, x: Array, *, out: Array | None = None) -> Array:
        return 0.5 * x * (1.0 + self._tanh(np.clip(x, -self.FLAT, self.FLAT)))

    def derivative(self, y: Array, x: Array, *, out: Array | None = None) -> Array:
        near = np.clip(x, -self.FLAT, self.FLAT)
        tanh = self._tanh(near)
        inner = self.SCALE * (1.0 + 3.0 * self.CUBE * near * near)
        slope: Array = 0.5 * (1.0 + tanh) + 0.5 * near * (1.0 - tanh * tanh) * inner
        return slope

    def _tanh(self, x: Array) -> Array:
        return np.tanh(self.SCALE * (x + self.CUBE * x * x * x))

    def expression(self, x: Expr) -> Expr:
        return Product((HALF, x, Group(Sum((ONE, self._tanh_expression(x))))))

    def slope_expression(self, y: Expr, x: Expr) -> Expr:
        tanh = self._tanh_expression(x)
        growth = Sum((ONE, Product((constant(3.0 * self.CUBE), Power(x, TWO)))))
        flatter = Difference(ONE, Power(Group(tanh), TWO))
        steep = Product((HALF, x, Group(flatter), self._scale_expression(), Group(growth)))
        return Sum((Product((HALF, Group(Sum((ONE, tanh))))), steep))

    def _scale_expression(self) -> Expr:
        return Call("√", (Quotient(TWO, PI),))

    def _tanh_expression(self, x: Expr) -> Expr:
        cubic = Sum((x, Product((constant(self.CUBE), Power(x, THREE)))))
        return Call("tanh", (Product((self._scale_expression(), Group(cubic))),))
