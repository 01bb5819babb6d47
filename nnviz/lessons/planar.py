"""The classic data sets of two numbers an example, and two curves to fit: points drawn from a formula.

Classes alternate, 0, 1, 0, 1, …, so that every batch has some of each. In the formulas i counts the points
of one class from 0, m is their number, u is uniform in [0, 1) and ε standard normal, drawn anew for every
number. The same arguments give the same points.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array

Labels = NDArray[np.int64]
Draw = Callable[[int, float, int, int], tuple[Array, Labels]]

MARGIN = 0.2
TURNS = 3.5  # of all arms of the spirals together, and of one more between them


@dataclass(frozen=True, slots=True)
class Planar:
    """A set of points in the plane: in words, how it is drawn, and how many classes it may have."""

    description: str
    draw: Draw
    most_classes: int = 2


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a curve to fit: in words, the name of its formula, and how it is drawn."""

    description: str
    draw: Callable[[int, float, int], tuple[Array, Array]]


def _alternating(examples: int, classes: int) -> Labels:
    return np.arange(examples, dtype=np.int64) % classes


def _along(labels: Labels) -> Array:
    """How far each point is along its class, i / (m − 1): from 0 for the first to 1 for the last."""
    rank, counts = np.empty(len(labels)), np.bincount(labels)
    for one, count in enumerate(counts):
        rank[labels == one] = np.arange(count) / max(1, count - 1)
    return rank


def linear(examples: int, noise: float = 0.0, seed: int = 0, classes: int = 2) -> tuple[Array, Labels]:
    """Two classes on the two sides of x₁ + x₂ = 0, at least 0.2 away from it without noise.

    With n = (1, 1)/√2 and s = −1 or +1: x = (2u − 1)·(−1, 1)/√2 + s·(0.2 + 0.8u)·n + noise·ε.
    """
    random, labels = np.random.default_rng(seed), _alternating(examples, 2)
    along = random.uniform(-1.0, 1.0, examples)
    away = (2.0 * labels - 1.0) * random.uniform(MARGIN, 1.0, examples)
    points = np.stack([away - along, away + along], axis=1) / math.sqrt(2.0)
    return points + noise * random.standard_normal((examples, 2)), labels


def xor(examples: int, noise: float = 0.0, seed: int = 0, classes: int = 2) -> tuple[Array, Labels]:
    """Four squares, one class in two opposite ones: the class is 1 where x₁·x₂ < 0.

    |x₁| and |x₂| are 0.1 + 0.9u, the signs those of the quadrants in turn; then x + noise·ε.
    """
    random = np.random.default_rng(seed)
    quadrant = np.arange(examples) % 4
    signs = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)], dtype=np.float64)[quadrant]
    points = signs * random.uniform(0.1, 1.0, (examples, 2))
    return points + noise * random.standard_normal((examples, 2)), (quadrant % 2).astype(np.int64)


def circle(examples: int, noise: float = 0.0, seed: int = 0, classes: int = 2) -> tuple[Array, Labels]:
    """A disk (class 0, radius up to 0.5) inside a ring (class 1, radius 0.7 to 1).

    x = r·(cos 2πu, sin 2πu) + noise·ε, with r² uniform, so that points lie equally dense.
    """
    random, labels = np.random.default_rng(seed), _alternating(examples, 2)
    low, high = np.where(labels == 0, 0.0, 0.7), np.where(labels == 0, 0.5, 1.0)
    radius = np.sqrt(random.uniform(low**2, high**2))
    points = radius[:, None] * _direction(random.uniform(0.0, 2.0 * np.pi, examples))
    return points + noise * random.standard_normal((examples, 2)), labels


def moons(examples: int, noise: float = 0.0, seed: int = 0, classes: int = 2) -> tuple[Array, Labels]:
    """Two half circles that reach into each other.

    With t = π·i/(m − 1), class 0 is (cos t, sin t) and class 1 is (1 − cos t, ½ − sin t); then x + noise·ε.
    """
    random, labels = np.random.default_rng(seed), _alternating(examples, 2)
    half = _direction(np.pi * _along(labels))
    points = np.where(labels[:, None] == 0, half, np.array([1.0, 0.5]) - half)
    return points + noise * random.standard_normal((examples, 2)), labels


def spirals(examples: int, noise: float = 0.0, seed: int = 0, classes: int = 2) -> tuple[Array, Labels]:
    """One arm a class, wound around the origin: the distance grows with the angle.

    x = s·(cos t, sin t) + noise·ε with s = (i + 1)/m and t = 2π·(3.5·s/(1 + classes) + class/classes); so two
    arms wind 7/6 times each, and more arms less, or they would lie too close.
    """
    random, labels = np.random.default_rng(seed), _alternating(examples, classes)
    counts = np.bincount(labels, minlength=classes)[labels]
    radius = (np.arange(examples) // classes + 1) / np.maximum(1, counts)
    turns = TURNS / (1.0 + classes)
    points = radius[:, None] * _direction(2.0 * np.pi * (turns * radius + labels / classes))
    return points + noise * random.standard_normal((examples, 2)), labels


def gaussians(examples: int, noise: float = 0.2, seed: int = 0, classes: int = 2) -> tuple[Array, Labels]:
    """One round cloud a class: its center on the circle of radius ½, its standard deviation the noise.

    x = ½·(cos t, sin t) + noise·ε with t = π/4 + 2π·class/classes.
    """
    random, labels = np.random.default_rng(seed), _alternating(examples, classes)
    centers = 0.5 * _direction(np.pi / 4.0 + 2.0 * np.pi * labels / classes)
    return centers + noise * random.standard_normal((examples, 2)), labels


def sine(examples: int, noise: float = 0.0, seed: int = 0) -> tuple[Array, Array]:
    """y = sin πx + noise·ε, for x evenly from −1 to 1: (N, 1) and (N,)."""
    x = np.linspace(-1.0, 1.0, examples)
    return x[:, None], np.sin(np.pi * x) + noise * np.random.default_rng(seed).standard_normal(examples)


def parabola(examples: int, noise: float = 0.0, seed: int = 0) -> tuple[Array, Array]:
    """y = x² + noise·ε, for x evenly from −1 to 1: (N, 1) and (N,)."""
    x = np.linspace(-1.0, 1.0, examples)
    return x[:, None], x**2 + noise * np.random.default_rng(seed).standard_normal(examples)


def _direction(angle: Array) -> Array:
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


PLANAR = {
    "linear": Planar("Two classes that a straight line separates, with a margin.", linear),
    "xor": Planar("Opposite quadrants belong together: no straight line separates them.", xor),
    "circle": Planar("A disk inside a ring.", circle),
    "moons": Planar("Two half circles that reach into each other.", moons),
    "spirals": Planar("Arms of spirals wound around each other: hard for a small network.", spirals, 6),
    "gaussians": Planar("Round clouds, one a class, which overlap where the noise is large.", gaussians, 6),
}
CURVES = {
    "sine": Curve("One period of a sine, to fit with one input.", sine),
    "parabola": Curve("A parabola, to fit with one input.", parabola),
}
