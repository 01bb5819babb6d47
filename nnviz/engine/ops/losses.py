"""Loss functions: one number for a whole batch, as a sum with one term for every output of every example."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.formula import (
    HALF,
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
)
from nnviz.engine.ops.base import Array, Cell, Op, scalar
from nnviz.engine.ops.rounding import first_largest, is_below, is_level
from nnviz.engine.ops.rows import row_maxima, row_sums


class Loss(Op):
    """E = scale · Σ over examples and outputs of a term; `mean` divides by the number of examples.

    With `only_mistakes`, examples that are classified right add nothing, neither to E nor to a gradient;
    `mean` still divides by all of them. `through_slope` says whether the derivative is taken with respect to
    the activation, so that the slope of φ is still to come, or with respect to the weighted sum, where both
    are already multiplied. `has_border` says that an output on its border makes a jump.
    """

    arguments: ClassVar[tuple[str, ...]] = ("a", "t")
    through_slope: ClassVar[bool] = True
    has_border: ClassVar[bool] = False
    hands_back_sums = True
    what: ClassVar[str] = ""
    name: ClassVar[str] = ""
    sentence: ClassVar[str] = ""

    def __init__(self, mean: bool = False, only_mistakes: bool = False) -> None:
        self.mean = mean
        self.only_mistakes = only_mistakes
        self.has_kink = only_mistakes or self.has_border

    def is_right(self, a: Array, t: Array) -> NDArray[np.bool_]:
        """Which examples are classified right: by the largest output, or by one output on its side of ½."""
        if a.shape[1] == 1:
            return np.asarray(~is_below(a[:, 0], 0.5) == (t[:, 0] >= 0.5))
        return np.asarray(first_largest(a) == np.argmax(t, axis=1))

    def is_on_target(self, *xs: Any) -> Any:
        if not {"a", "t"} <= set(self.arguments):
            return False
        return is_level(*(xs[self.arguments.index(name)] for name in ("a", "t")))

    def output_shape(self, *shapes: Cell) -> Cell:
        return ()

    @property
    def _mean_sign(self) -> str:
        return "1/N " if self.mean else ""

    @property
    def _which(self) -> str:
        return ", mistakes only" if self.only_mistakes else ""

    def _counted(self, numbers: Array, a: Array, t: Array) -> Array:
        """`numbers`, a row for each example, with 0 for examples that do not count."""
        if self.only_mistakes:
            numbers[self.is_right(a, t)] = 0.0
        return numbers

    def _scale(self, examples: int) -> float:
        return 1.0 / examples if self.mean else 1.0

    def cell_terms(self, *xs: Any) -> Array:
        """The terms of the sum, one for every output of every example, before `mean` divides."""
        terms = self._all_terms(*xs)
        if not self.only_mistakes:
            return terms
        a, t = (xs[self.arguments.index(name)] for name in ("a", "t"))
        return self._counted(terms, a, t)

    def _all_terms(self, *xs: Any) -> Array:
        """The terms, as if every example counted."""
        raise NotImplementedError

    def forward(self, *xs: Any, **out: Any) -> float:
        return float(self.cell_terms(*xs).sum()) * self._scale(len(xs[0]))

    def term_expression(self, a: Expr, t: Expr) -> Expr:
        """One term of the sum."""
        raise NotImplementedError

    def gradient_expression(self, a: Expr, t: Expr) -> Expr:
        """∂E/∂a of one output (∂E/∂z for a loss that contains its activation function)."""
        raise NotImplementedError

    def scaled(self, expr: Expr, examples: int) -> Expr:
        """`expr`, divided by the number of examples where the lesson asks for the mean of several."""
        if not self.mean or examples == 1:
            return expr
        return Product((Quotient(ONE, Constant(float(examples), str(examples))), expr))


class SquaredError(Loss):
    """E = ½ Σ (t − a)², summed over outputs and examples; without the ½ where `half` is off.

    With ½ and the sum, ∂E/∂a = −(t − a): equations 21 and 24 of the notes.
    """

    name = "squared_error"
    title = "squared error"
    sentence = "½(t − a)²: how far the output is from the target."
    symbol = "SSE"
    what = "squared error"

    def __init__(self, half: bool = True, mean: bool = False, only_mistakes: bool = False) -> None:
        super().__init__(mean, only_mistakes)
        self.half = half
        self._factor = 1.0 if half else 2.0

    @property
    def formula(self) -> str:  # type: ignore[override]
        return f"E = {'½ ' if self.half else ''}{self._mean_sign}Σ (t − a)²{self._which}"

    def _all_terms(self, a: Array, t: Array) -> Array:
        error = t - a
        error *= error
        if self.half:
            error *= 0.5
        return error

    def forward(self, a: Array, t: Array, *, out: Any = None) -> float:
        if self.only_mistakes:
            return super().forward(a, t)
        error = (t - a).ravel()
        return 0.5 * self._factor * self._scale(len(a)) * float(error.dot(error))

    def d_a(self, dy: float, y: float, a: Array, t: Array, *, out: Array | None = None) -> Array:
        error = np.subtract(a, t, out=out)
        np.multiply(error, scalar(dy * self._factor * self._scale(len(a))), out=error)
        return self._counted(error, a, t) if self.only_mistakes else error

    def term_expression(self, a: Expr, t: Expr) -> Expr:
        square = Power(Group(Difference(t, a)), TWO)
        return Product((HALF, square)) if self.half else square

    def gradient_expression(self, a: Expr, t: Expr) -> Expr:
        error = Negative(Group(Difference(t, a)))
        return error if self.half else Product((TWO, error))


class BinaryCrossEntropy(Loss):
    """E = −Σ t·ln a + (1 − t)·ln(1 − a), summed over outputs and examples; 0·ln 0 counts as 0."""

    name = "binary_cross_entropy"
    title = "binary cross-entropy"
    sentence = "Punishes being sure and wrong; learns fast."
    symbol = "BCE"
    what = "binary cross-entropy"

    @property
    def formula(self) -> str:  # type: ignore[override]
        return f"E = −{self._mean_sign}Σ (t·ln a + (1 − t)·ln(1 − a)){self._which}"

    def _all_terms(self, *xs: Array) -> Array:
        a, t = xs
        yes = np.where(t == 0.0, 0.0, t * np.log(np.where(t == 0.0, 1.0, a)))
        no = np.where(t == 1.0, 0.0, (1.0 - t) * np.log(np.where(t == 1.0, 1.0, 1.0 - a)))
        return -(yes + no)

    def d_a(self, dy: float, y: float, *xs: Array, out: Array | None = None) -> Array:
        a, t, *_ = xs
        yes = np.where(t == 0.0, 0.0, t / np.where(t == 0.0, 1.0, a))
        no = np.where(t == 1.0, 0.0, (1.0 - t) / np.where(t == 1.0, 1.0, 1.0 - a))
        return self._counted((no - yes) * (dy * self._scale(len(a))), a, t)

    def term_expression(self, a: Expr, t: Expr) -> Expr:
        not_t, not_a = Group(Difference(ONE, t)), Difference(ONE, a)
        return Negative(Group(Sum((Product((t, Call("ln", (a,)))), Product((not_t, Call("ln", (not_a,))))))))

    def gradient_expression(self, a: Expr, t: Expr) -> Expr:
        return Sum((Negative(Quotient(t, a)), Quotient(Difference(ONE, t), Difference(ONE, a))))


class LogisticCrossEntropy(BinaryCrossEntropy):
    """The binary cross-entropy of a = φ(z), the logistic function, with its logarithms computed from z.

    ln a = −ln(1 + e⁻ᶻ) and ln(1 − a) = −ln(1 + eᶻ): the same numbers, which stay right where 1 − a has lost
    its digits, for |z| up to 700. The derivative is that of the book.
    """

    arguments = ("a", "t", "z")

    def _all_terms(self, *xs: Array) -> Array:
        _, t, z = xs
        far = np.log1p(np.exp(-np.abs(z)))
        yes = np.where(t == 0.0, 0.0, t * (far + np.maximum(-z, 0.0)))
        no = np.where(t == 1.0, 0.0, (1.0 - t) * (far + np.maximum(z, 0.0)))
        terms: Array = yes + no
        return terms


class SoftmaxCrossEntropy(Loss):
    """E = −Σ t·ln a with a = softmax(z), differentiated through the softmax at once: ∂E/∂z = Σⱼ t(j)·a − t.

    For a one-hot target this is a − t: equations 72 and 85 of the notes. Where an a underflows, the logarithm
    is computed from z: ln a = z − ln Σ eᶻ stays finite.
    """

    name = "cross_entropy"
    title = "cross-entropy"
    sentence = "−ln of the share that the right class gets."
    LEAST = 1e-250  # smaller numbers may have fewer digits

    arguments = ("z", "a", "t")
    symbol = "CE"
    what = "cross-entropy"
    through_slope = False

    @property
    def formula(self) -> str:  # type: ignore[override]
        return f"E = −{self._mean_sign}Σ t·ln a{self._which}"

    def forward(self, z: Array, a: Array, t: Array, *, out: Any = None) -> float:
        if self.only_mistakes:
            return super().forward(z, a, t)
        is_exact = a.item(a.argmin()) > self.LEAST
        logarithms: Array = np.log(a) if is_exact else self._logarithms(z)
        total = 0.0 - float(t.ravel().dot(logarithms.ravel()))  # and not −0 where nothing is wrong
        return total * self._scale(len(a))

    def _all_terms(self, z: Array, a: Array, t: Array) -> Array:
        return -t * self._logarithms(z)

    def _logarithms(self, z: Array) -> Array:
        """ln a from z."""
        shifted = z - row_maxima(z)
        logarithms: Array = shifted - np.log(row_sums(np.exp(shifted)))
        return logarithms

    def d_z(self, dy: float, y: float, z: Array, a: Array, t: Array, *, out: Array | None = None) -> Array:
        gradient = np.multiply(a, row_sums(t), out=out)
        gradient -= t
        np.multiply(gradient, scalar(dy * self._scale(len(a))), out=gradient)
        return self._counted(gradient, a, t) if self.only_mistakes else gradient

    def term_expression(self, a: Expr, t: Expr) -> Expr:
        return Negative(Product((t, Call("ln", (a,)))))

    def gradient_expression(self, a: Expr, t: Expr) -> Expr:
        return Difference(a, t)


class PerceptronLoss(Loss):
    """E = Σ max(0, −t·a) with targets −1 and 1: the perceptron criterion, for a linear unit.

    An example is a mistake where t·a ≤ 0, also on the border, so that weights of 0 begin to learn. There
    ∂E/∂a = −t, elsewhere 0, and a step of gradient descent with α = 1 after every example is the rule of
    the perceptron: w ← w + t·x on a mistake, no change otherwise (Rosenblatt 1958).
    """

    name = "perceptron"
    title = "perceptron"
    sentence = "Counts mistakes only: w ← w + α·t·x where the sign is wrong."
    symbol = "perceptron"
    has_border = True
    what = "perceptron criterion"

    @property
    def formula(self) -> str:  # type: ignore[override]
        return f"E = {self._mean_sign}Σ max(0, −t·a){self._which}"

    def is_right(self, a: Array, t: Array) -> NDArray[np.bool_]:
        """Every output on the side of its target, and not on the border."""
        return np.asarray((t * a > 0.0).all(axis=1))

    def _all_terms(self, a: Array, t: Array) -> Array:
        return np.maximum(0.0, -t * a)

    def d_a(self, dy: float, y: float, a: Array, t: Array, *, out: Array | None = None) -> Array:
        gradient = np.where(t * a <= 0.0, -t, 0.0) * (dy * self._scale(len(a)))
        return self._counted(gradient, a, t)

    def term_expression(self, a: Expr, t: Expr) -> Expr:
        return Call("max", (Constant(0.0, "0"), Negative(Product((t, a)))))

    def gradient_expression(self, a: Expr, t: Expr) -> Expr:
        return Product((Negative(t), Indicator(Product((t, a)), "≤", Constant(0.0, "0"))))
