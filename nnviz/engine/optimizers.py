"""How a parameter follows its gradient.

Every optimizer is a few textbook lines for one parameter. `trace` computes them for whole arrays, `lines`
writes them down, and `step` is what trains: the last line, and what has to be remembered for the next update.

All that is known of an optimizer stands here: `OPTIMIZERS` are those that there are, with their settings, and
`UPDATE_NUMBERS` what they compute between a gradient and a new value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from nnviz.engine.choices import Domain, Setting
from nnviz.engine.formula import (
    ONE,
    TWO,
    Call,
    Constant,
    Difference,
    Expr,
    Group,
    Name,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    constant,
)
from nnviz.engine.ops.base import Array, scalar
from nnviz.engine.ref import Part

Trace: TypeAlias = dict[Part, Array]
Lines: TypeAlias = Mapping[Part, Callable[[], Expr]]
Of: TypeAlias = Callable[[Part], Expr]  # a number of the parameter as a factor of a formula


class UpdateNumber(NamedTuple):
    """A number between the gradient of a parameter and its new value, for every parameter."""

    address: str  # the letter of its addresses: m[7,4]
    letter: str  # in a formula
    matrix: str  # of all parameters at once; none where it is not drawn
    caption: str
    sentence: str
    is_before: bool = False  # whether it was kept from the update before

    def name(self, sub: str, over: str) -> Name:
        """Its symbol; what was kept from the update before says so above."""
        return Name(self.letter, sub, f"{over}before" if self.is_before else over)


UPDATE_NUMBERS = {
    Part.TOTAL: UpdateNumber(
        "total",
        "g",
        "G",
        "gradient with the penalty",
        "The gradient of the error, and what the penalty adds so that weights stay small.",
    ),
    Part.CHANGE: UpdateNumber(
        "change",
        "Δw",
        "ΔW",
        "change Δ",
        "A part of the last change goes on, and the gradient of this iteration is added against it.",
    ),
    Part.CHANGE_BEFORE: UpdateNumber(
        "change_before",
        "Δw",
        "",
        "change Δ of the update before",
        "The change of the update before; 0 at the first one.",
        is_before=True,
    ),
    Part.FIRST: UpdateNumber(
        "m",
        "m",
        "M",
        "running mean m of the gradients",
        "The mean of the gradients so far, in which the latest ones count most.",
    ),
    Part.FIRST_BEFORE: UpdateNumber(
        "m_before",
        "m",
        "",
        "m of the update before",
        "The mean of the gradients up to the update before; 0 at the first one.",
        is_before=True,
    ),
    Part.FIRST_FAIR: UpdateNumber(
        "m_fair",
        "m̂",
        "M̂",
        "m̂, which makes up for the start of m at 0",
        "m starts at 0 and is too small at first: dividing makes up for it.",
    ),
    Part.SECOND: UpdateNumber(
        "v",
        "v",
        "V",
        "running mean v of the squared gradients",
        "How large the gradients have been, squared: steps are divided by its root.",
    ),
    Part.SECOND_BEFORE: UpdateNumber(
        "v_before",
        "v",
        "",
        "v of the update before",
        "How large the gradients have been up to the update before; 0 at the first one.",
        is_before=True,
    ),
    Part.SECOND_FAIR: UpdateNumber(
        "v_fair",
        "v̂",
        "V̂",
        "v̂, which makes up for the start of v at 0",
        "v starts at 0 and is too small at first: dividing makes up for it.",
    ),
    Part.NEWTON: UpdateNumber(
        "newton",
        "(H⁻¹∇E)",
        "H⁻¹∇E",
        "part of H⁻¹∇E",
        "The gradient divided by the curvature: the step to where the parabola has its vertex.",
    ),
}


def setting(usual: float, letter: str, caption: str, title: str = "", sentence: str = "") -> Any:
    """A field of an optimizer with its usual value: a share in [0, 1)."""
    return _field(usual, Setting(Domain.SHARE, letter, caption, title, sentence))


def small(usual: float) -> Any:
    """The ε of a quotient."""
    return _field(usual, Setting(Domain.POSITIVE, "ε", "a small number against a division by 0"))


def _field(usual: float, what: Setting) -> Any:
    return field(default=usual, metadata={"setting": what})


@dataclass(frozen=True)
class Optimizer:
    """What all of them share. Part.TOTAL stands for the gradient, with a penalty where there is one.

    `remembers` pairs each number that is kept for the next update with the part that it is read as then;
    all of them start from 0. `sentence` is said where one is chosen, `way` of the weights that it moves;
    `usual_rate` is an α to begin with, for a loss that is a mean.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    way: ClassVar[str] = ""
    usual_rate: ClassVar[float]
    remembers: ClassVar[tuple[tuple[Part, Part], ...]] = ()
    between: ClassVar[tuple[Part, ...]] = ()  # the numbers on the way to the new value, in order
    needs_curvature: ClassVar[bool] = False
    divides_by_length: ClassVar[bool] = False  # of a gradient: as large a step for rounding as for the rest

    def trace(self, w: Array, gradient: Array, kept: Array, rate: float, update: int) -> Trace:
        """Every number of an update, Part.NEW among them.

        `kept` is (len(remembers), …) from the update before, `update` counts from 1.
        """
        raise NotImplementedError

    def step(
        self,
        w: Array,
        gradient: Array,
        rate: float,
        kept: Array | None = None,
        update: int = 1,
        out: Array | None = None,
    ) -> Array:
        """The new w, (n,), and below it what is remembered, if anything is: (1 + len(remembers), n).

        It is written into `out` where that is given, which must not be the memory of what it is made from.
        """
        assert kept is not None
        with np.errstate(all="ignore"):
            trace = self.trace(w, gradient, kept, rate, update)
        written = np.empty((1 + len(self.remembers), len(w))) if out is None else out
        written[0] = trace[Part.NEW]
        for line, (part, _) in enumerate(self.remembers, 1):
            written[line] = trace[part]
        return written

    def lines(self, of: Of, rate: Expr, update: int) -> Lines:
        """The right side of every line, Part.NEW among them; each is written only where it is asked for."""
        raise NotImplementedError

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """What it is given, by the names of the fields."""
        return {one.name: one.metadata["setting"] for one in fields(cls)}

    def _factor(self, name: str) -> Quantity:
        """A setting as a factor of a formula."""
        value, one = getattr(self, name), self.settings()[name]
        return Quantity(
            Name(one.letter), value, None, "update", one.caption, decimals=written_decimals(value)
        )


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """w ← w − α·∂E/∂w, equation 36 of the notes."""

    name: ClassVar[str] = "gradient_descent"
    title: ClassVar[str] = "Gradient descent"
    formula: ClassVar[str] = "w ← w − α·∂E/∂w"
    sentence: ClassVar[str] = "w ← w − α·∂E/∂w: the plain rule of the textbook."
    way: ClassVar[str] = "takes a step against its gradient"
    usual_rate: ClassVar[float] = 0.5

    def trace(self, w: Array, gradient: Array, kept: Array, rate: float, update: int) -> Trace:
        return {Part.NEW: self.step(w, gradient, rate)}

    def step(
        self,
        w: Array,
        gradient: Array,
        rate: float,
        kept: Array | None = None,
        update: int = 1,
        out: Array | None = None,
    ) -> Array:
        change = np.multiply(gradient, scalar(rate), out=out)
        return np.subtract(w, change, out=change)

    def lines(self, of: Of, rate: Expr, update: int) -> Lines:
        return {Part.NEW: lambda: Difference(of(Part.VALUE), Product((rate, of(Part.TOTAL))))}


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Δw ← μ·Δw − α·∂E/∂w, w ← w + Δw: the notes' Δθₙ = −η∇ + αΔθₙ₋₁, whose α is called μ here.

    PyTorch multiplies the sum of past gradients by α only at the end: the same while α does not change.
    """

    name: ClassVar[str] = "momentum"
    title: ClassVar[str] = "Momentum"
    formula: ClassVar[str] = "Δw ← μ·Δw − α·∂E/∂w, w ← w + Δw"
    sentence: ClassVar[str] = "Goes on in the direction of the last steps, like a ball that rolls."
    way: ClassVar[str] = "goes on in the direction of its last steps, and takes a step against its gradient"
    usual_rate: ClassVar[float] = 0.1
    remembers: ClassVar[tuple[tuple[Part, Part], ...]] = ((Part.CHANGE, Part.CHANGE_BEFORE),)
    between: ClassVar[tuple[Part, ...]] = (Part.CHANGE,)

    momentum: float = setting(
        0.9, "μ", "momentum", "Momentum μ", "How much of the last step goes on: 0 is none, near 1 rolls far."
    )

    def trace(self, w: Array, gradient: Array, kept: Array, rate: float, update: int) -> Trace:
        change = self.momentum * kept[0] - rate * gradient
        return {Part.CHANGE: change, Part.NEW: w + change}

    def lines(self, of: Of, rate: Expr, update: int) -> Lines:
        mu = self._factor("momentum")
        return {
            Part.CHANGE: lambda: Difference(
                Product((mu, of(Part.CHANGE_BEFORE))), Product((rate, of(Part.TOTAL)))
            ),
            Part.NEW: lambda: Sum((of(Part.VALUE), of(Part.CHANGE))),
        }


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Δw ← μ·Δw − α·∂E/∂w, w ← w + μ·Δw − α·∂E/∂w: momentum that looks one step ahead (Sutskever 2013)."""

    name: ClassVar[str] = "nesterov"
    title: ClassVar[str] = "Nesterov momentum"
    formula: ClassVar[str] = "Δw ← μ·Δw − α·∂E/∂w, w ← w + μ·Δw − α·∂E/∂w"
    sentence: ClassVar[str] = "Momentum that looks at the slope where it is going to be."

    def trace(self, w: Array, gradient: Array, kept: Array, rate: float, update: int) -> Trace:
        change = self.momentum * kept[0] - rate * gradient
        return {Part.CHANGE: change, Part.NEW: w + (self.momentum * change - rate * gradient)}

    def lines(self, of: Of, rate: Expr, update: int) -> Lines:
        mu = self._factor("momentum")

        def ahead(change: Part) -> Expr:
            return Difference(Product((mu, of(change))), Product((rate, of(Part.TOTAL))))

        return {
            Part.CHANGE: lambda: ahead(Part.CHANGE_BEFORE),
            Part.NEW: lambda: Sum((of(Part.VALUE), Group(ahead(Part.CHANGE)))),
        }


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """v ← v + (∂E/∂w)², w ← w − α·∂E/∂w / (√v + ε): steps shrink where gradients were large (Duchi 2011)."""

    name: ClassVar[str] = "adagrad"
    title: ClassVar[str] = "AdaGrad"
    formula: ClassVar[str] = "v ← v + (∂E/∂w)², w ← w − α·∂E/∂w / (√v + ε)"
    sentence: ClassVar[str] = "Smaller and smaller steps, for each weight by its past gradients."
    way: ClassVar[str] = "takes a step against its gradient, shorter where gradients have been large so far"
    usual_rate: ClassVar[float] = 0.1
    remembers: ClassVar[tuple[tuple[Part, Part], ...]] = ((Part.SECOND, Part.SECOND_BEFORE),)
    between: ClassVar[tuple[Part, ...]] = (Part.SECOND,)
    divides_by_length: ClassVar[bool] = True

    epsilon: float = small(1e-10)

    def second(self, gradient: Array, before: Array) -> Array:
        return before + gradient * gradient

    def trace(self, w: Array, gradient: Array, kept: Array, rate: float, update: int) -> Trace:
        second = self.second(gradient, kept[0])
        return {Part.SECOND: second, Part.NEW: w - rate * gradient / (np.sqrt(second) + self.epsilon)}

    def lines(self, of: Of, rate: Expr, update: int) -> Lines:
        def step() -> Expr:
            return Quotient(Product((rate, of(Part.TOTAL))), _root(of(Part.SECOND), self._epsilon))

        return {
            Part.SECOND: lambda: self._second_line(of),
            Part.NEW: lambda: Difference(of(Part.VALUE), step()),
        }

    def _second_line(self, of: Of) -> Expr:
        return Sum((of(Part.SECOND_BEFORE), Power(of(Part.TOTAL), TWO)))

    @property
    def _epsilon(self) -> Expr:
        return self._factor("epsilon")


@dataclass(frozen=True)
class RMSProp(AdaGrad):
    """v ← ρ·v + (1 − ρ)·(∂E/∂w)², w ← w − α·∂E/∂w / (√v + ε): AdaGrad that forgets (Hinton 2012)."""

    name: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSProp"
    formula: ClassVar[str] = "v ← ρ·v + (1 − ρ)·(∂E/∂w)², w ← w − α·∂E/∂w / (√v + ε)"
    sentence: ClassVar[str] = "Steps of each weight are divided by the size of its recent gradients."
    way: ClassVar[str] = "takes a step against its gradient, shorter where gradients have been large lately"
    usual_rate: ClassVar[float] = 0.01

    epsilon: float = small(1e-8)
    decay: float = setting(
        0.9,
        "ρ",
        "how much is kept",
        "Decay",
        "How long RMSProp remembers the squares of gradients: usually 0.9.",
    )

    def second(self, gradient: Array, before: Array) -> Array:
        return self.decay * before + (1 - self.decay) * (gradient * gradient)

    def _second_line(self, of: Of) -> Expr:
        rho = self._factor("decay")
        return _mean(rho, of(Part.SECOND_BEFORE), Power(of(Part.TOTAL), TWO))


@dataclass(frozen=True)
class Adam(Optimizer):
    """Running means of gradient and squared gradient, corrected for their start at 0 (Kingma and Ba 2015).

    m ← β₁·m + (1 − β₁)·∂E/∂w, v ← β₂·v + (1 − β₂)·(∂E/∂w)², m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ),
    w ← w − α·m̂ / (√v̂ + ε).
    """

    name: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    formula: ClassVar[str] = "w ← w − α·m̂ / (√v̂ + ε)"
    sentence: ClassVar[str] = "Every weight has a step size of its own, with momentum: works nearly always."
    way: ClassVar[str] = "takes a step against the mean of its gradients, shorter where they have been large"
    usual_rate: ClassVar[float] = 0.03
    remembers: ClassVar[tuple[tuple[Part, Part], ...]] = (
        (Part.FIRST, Part.FIRST_BEFORE),
        (Part.SECOND, Part.SECOND_BEFORE),
    )
    between: ClassVar[tuple[Part, ...]] = (Part.FIRST, Part.SECOND, Part.FIRST_FAIR, Part.SECOND_FAIR)
    divides_by_length: ClassVar[bool] = True

    beta1: float = setting(
        0.9,
        "β₁",
        "how much of m is kept",
        "β₁",
        "How long Adam remembers gradients, its momentum: usually 0.9.",
    )
    beta2: float = setting(
        0.999,
        "β₂",
        "how much of v is kept",
        "β₂",
        "How long Adam remembers their squares: usually 0.999.",
    )
    epsilon: float = small(1e-8)

    def trace(self, w: Array, gradient: Array, kept: Array, rate: float, update: int) -> Trace:
        first = self.beta1 * kept[0] + (1 - self.beta1) * gradient
        second = self.beta2 * kept[1] + (1 - self.beta2) * (gradient * gradient)
        first_fair = first / (1 - self.beta1**update)
        second_fair = second / (1 - self.beta2**update)
        return {
            Part.FIRST: first,
            Part.SECOND: second,
            Part.FIRST_FAIR: first_fair,
            Part.SECOND_FAIR: second_fair,
            Part.NEW: w - rate * first_fair / (np.sqrt(second_fair) + self.epsilon),
        }

    def lines(self, of: Of, rate: Expr, update: int) -> Lines:
        beta1 = self._factor("beta1")
        beta2 = self._factor("beta2")
        epsilon = self._factor("epsilon")

        def step() -> Expr:
            return Quotient(Product((rate, of(Part.FIRST_FAIR))), _root(of(Part.SECOND_FAIR), epsilon))

        return {
            Part.FIRST: lambda: _mean(beta1, of(Part.FIRST_BEFORE), of(Part.TOTAL)),
            Part.SECOND: lambda: _mean(beta2, of(Part.SECOND_BEFORE), Power(of(Part.TOTAL), TWO)),
            Part.FIRST_FAIR: lambda: Quotient(of(Part.FIRST), _rest(beta1, update)),
            Part.SECOND_FAIR: lambda: Quotient(of(Part.SECOND), _rest(beta2, update)),
            Part.NEW: lambda: Difference(of(Part.VALUE), step()),
        }


@dataclass(frozen=True)
class Newton(Optimizer):
    """w ← w − α·H⁻¹∇E, H the matrix of second derivatives: with α = 1 straight to the vertex of a parabola.

    H is taken from central differences of ∂E/∂w. Where it has no inverse, the shortest solution is taken.
    For small problems only: it costs two passes for every parameter.
    """

    name: ClassVar[str] = "newton"
    title: ClassVar[str] = "Newton’s step"
    formula: ClassVar[str] = "w ← w − α·H⁻¹∇E"
    sentence: ClassVar[str] = "Also looks at the curvature: straight to the bottom of a parabola."
    way: ClassVar[str] = "goes as far as the curvature of the error says"
    usual_rate: ClassVar[float] = 1.0
    remembers: ClassVar[tuple[tuple[Part, Part], ...]] = ((Part.NEWTON, Part.NEWTON),)
    between: ClassVar[tuple[Part, ...]] = (Part.NEWTON,)
    needs_curvature: ClassVar[bool] = True

    def solved(self, gradient: Array, curvature: Array) -> Array:
        """H⁻¹∇E."""
        if not np.isfinite(curvature).all() or not np.isfinite(gradient).all():
            return np.full_like(gradient, np.nan)
        return np.asarray(np.linalg.lstsq(curvature, gradient, rcond=1e-10)[0], dtype=np.float64)

    def trace(self, w: Array, gradient: Array, kept: Array, rate: float, update: int) -> Trace:
        """`kept` holds H⁻¹∇E of this update, which cannot be had from one parameter alone."""
        return {Part.NEWTON: kept[0], Part.NEW: w - rate * kept[0]}

    def lines(self, of: Of, rate: Expr, update: int) -> Lines:
        return {Part.NEW: lambda: Difference(of(Part.VALUE), Product((rate, of(Part.NEWTON))))}


OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.name: kind for kind in (GradientDescent, Momentum, Nesterov, AdaGrad, RMSProp, Adam, Newton)
}
SETTINGS = {name: one for kind in OPTIMIZERS.values() for name, one in kind.settings().items()}


def _mean(kept: Expr, before: Expr, now: Expr) -> Expr:
    """A running mean: β·before + (1 − β)·now."""
    return Sum((Product((kept, before)), Product((Group(Difference(ONE, kept)), now))))


def _root(square: Expr, epsilon: Expr) -> Expr:
    return Sum((Call("√", (square,)), epsilon))


def _rest(kept: Expr, update: int) -> Expr:
    return Difference(ONE, Power(kept, Constant(float(update), str(update))))


def written_decimals(value: float) -> int | None:
    """As a setting is written; very small ones are shown as computed numbers are."""
    text = constant(value).text
    return len(text.partition(".")[2]) if "e" not in text else None
