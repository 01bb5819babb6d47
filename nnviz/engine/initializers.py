"""Start values of parameters. All randomness comes from the seed of the lesson."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np

from nnviz.engine.ops.base import Array, Cell

if TYPE_CHECKING:  # numpy.random is slow to import, and most lessons list their weights
    Initializer: TypeAlias = Callable[[np.random.Generator, Cell], Array]


def constant(value: float) -> Initializer:
    """Every weight the same number."""
    return lambda random, shape: np.full(shape, value)


def uniform(low: float, high: float) -> Initializer:
    """w ~ U[low, high): the notes start their networks from [−0.5, 0.5]."""
    return lambda random, shape: random.uniform(low, high, shape)


def normal(mean: float, deviation: float) -> Initializer:
    """w ~ N(mean, deviation²)."""
    return lambda random, shape: random.normal(mean, abs(deviation), shape)


def he() -> Initializer:
    """w ~ N(0, 2 / n_in): rectifiers keep the size of activations from layer to layer (He et al. 2015).

    Equation 69 of the notes: the 2 makes up for the half of all sums that a rectifier sets to 0.
    """
    return lambda random, shape: random.normal(0.0, math.sqrt(2 / fans(shape)[0]), shape)


def xavier() -> Initializer:
    """w ~ N(0, 2 / (n_in + n_out)), for units that are linear around zero (Glorot and Bengio 2010).

    Equation 67 of the notes: a compromise between sums that keep their size on the way forward, which asks
    for 1 / n_in, and errors that keep theirs on the way back, which asks for 1 / n_out.
    """
    return lambda random, shape: random.normal(0.0, math.sqrt(2 / sum(fans(shape))), shape)


def xavier_in() -> Initializer:
    """w ~ N(0, 1 / n_in): the variance of z is that of the inputs (LeCun et al. 1998; equation 68)."""
    return lambda random, shape: random.normal(0.0, math.sqrt(1 / fans(shape)[0]), shape)


def glorot_uniform() -> Initializer:
    """w ~ U[−b, b) with b = √6 / √(n_in + n_out), whose variance is that of `xavier`, b²/3.

    Equation 16 of Glorot and Bengio (2010), who call it the normalized initialization.
    """

    def draw(random: np.random.Generator, shape: Cell) -> Array:
        bound = math.sqrt(6 / sum(fans(shape)))
        return random.uniform(-bound, bound, shape)

    return draw


def blend(is_first: bool) -> Initializer:
    """`xavier_in` for the first layer, whose inputs no rectifier has cut off, `he` for the later ones.

    Equation 70 of the notes.
    """
    return xavier_in() if is_first else he()


def fans(shape: Cell) -> tuple[int, int]:
    """(n_in, n_out): how many weights lead into a unit, and how many out of one.

    Weights are (units, inputs) or (filters, channels, rows, columns). A cell that a filter reads leads to as
    many cells of its map as the filter has weights for one channel.
    """
    taps = math.prod(shape[2:])
    return math.prod(shape[1:]), shape[0] * taps


class Numbers(Protocol):
    """What a lesson gives for its first weights."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def mean(self) -> float: ...
    @property
    def deviation(self) -> float: ...


class Method(NamedTuple):
    """A way to draw first weights, as a lesson names it.

    `made` is given the numbers of the lesson, and whether a layer is the first one. One that is `scaled` by
    the connections of a unit is for weights only: biases start at 0.
    """

    name: str
    title: str
    sentence: str
    made: Callable[[Numbers, bool], Initializer]
    is_scaled: bool = True


INITIALIZERS = {
    one.name: one
    for one in (
        Method(
            "glorot_uniform",
            "Glorot",
            "Random, the smaller the more connections; for tanh and logistic.",
            lambda numbers, is_first: glorot_uniform(),
        ),
        Method(
            "he",
            "He",
            "Random with variance 2/n: right for ReLU and its relatives.",
            lambda numbers, is_first: he(),
        ),
        Method(
            "xavier",
            "Xavier",
            "Normal with variance 2/(n_in + n_out); for tanh and logistic.",
            lambda numbers, is_first: xavier(),
        ),
        Method(
            "xavier_in", "Xavier, n_in", "Normal with variance 1/n_in.", lambda numbers, is_first: xavier_in()
        ),
        Method(
            "blend",
            "blend",
            "Xavier in the first layer, He in the later ones.",
            lambda numbers, is_first: blend(is_first),
        ),
        Method(
            "normal",
            "small normal",
            "Normal with σ = 0.1: too small for many layers, try it.",
            lambda numbers, is_first: normal(numbers.mean, numbers.deviation),
            is_scaled=False,
        ),
        Method(
            "uniform",
            "uniform",
            "Anything between −0.5 and 0.5.",
            lambda numbers, is_first: uniform(numbers.low, numbers.high),
            is_scaled=False,
        ),
        Method(
            "constant",
            "all 0",
            "Every weight is 0: neurons of a layer stay alike and never differ.",
            lambda numbers, is_first: constant(numbers.value),
            is_scaled=False,
        ),
    )
}
