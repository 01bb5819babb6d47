"""Sums that are 0 where they are nothing but rounding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnviz.engine.ops.base import NOISE, TINY, Array, Contraction, Op, SumOp

SMALL_GRADIENT = 2.0**-40  # rounding is smaller as long as the terms of a gradient make less than 500
SMALL_BITS = int(np.float64(SMALL_GRADIENT).view(np.uint64))
ONE_BIT = np.ones((), dtype=np.uint64)


def settled(op: SumOp) -> Callable[..., Array]:
    """The forward pass of a sum, with 0 in place of rounding.

    Only where a cell is tiny are its terms looked at. The test for that must cost next to nothing, for the
    cells that it is about hardly ever exist.
    """
    forward, absolute = op.forward, np.absolute

    def compute(*xs: Array, out: Array | None = None) -> Array:
        z: Array = forward(*xs, out=out)
        sizes = absolute(z)
        if z.ndim > 2:
            sizes = sizes.ravel("K")
        if sizes.item(sizes.argmin()) < TINY:
            op.settle(z, *xs)
        return z

    return compute


def settled_error(op: Op, slot: int) -> Callable[..., Array]:
    """∂E/∂x of an op, with 0 in place of rounding: of a sum over its uses, or of an output on its target."""
    derivative = op.derivative_of(slot)
    assert derivative is not None

    def compute(error: Any, y: Any, *xs: Any, out: Array | None = None) -> Array:
        dx: Array = derivative(error, y, *xs, out=out)
        if _has_small(dx):
            suspects = (np.abs(dx) < SMALL_GRADIENT) & (dx != 0.0)
            dx[suspects & is_noise(dx, op, slot, error, y, *xs)] = 0.0
        return dx

    return compute


def _has_small(gradient: Array) -> bool:
    """Whether a number is small but not 0.

    It must cost next to nothing, and many are 0 where units are off. Floats without a sign are in the order
    of their bits, of which 0 has none: one less makes it the largest of all.
    """
    bits = np.absolute(gradient).ravel("K").view(np.uint64)
    np.subtract(bits, ONE_BIT, out=bits)
    return bool(bits.item(bits.argmin()) < SMALL_BITS)


def is_noise(dx: Any, op: Op, slot: int, error: Any, y: Any, *xs: Any) -> Any:
    """Which cells of an error gradient that an op hands back are nothing but rounding."""
    return op.is_on_target(*xs) | (np.abs(dx) <= NOISE * terms_together(op, slot, error, y, *xs))


def terms_together(op: Op, slot: int, error: Any, y: Any, *xs: Any) -> Any:
    """Σ |term| of the error gradient of every cell of an input: what its rounding is measured by."""
    derivative = op.derivative_of(slot)
    assert derivative is not None
    sizes = map(np.abs, xs) if isinstance(op, Contraction) else xs
    return np.abs(derivative(np.abs(error), y, *sizes))


def terms_together_in_steps(derivative: Callable[..., Array], *arrays: Any) -> Array:
    """The same for a weight of a recurrent layer, over all steps."""
    return np.abs(derivative(*map(Absolute, arrays)))


class Absolute:
    """The arrays of a layer at all steps, each without its signs."""

    def __init__(self, arrays: Any) -> None:
        self._arrays = arrays

    def __getattr__(self, name: str) -> Any:
        return np.abs(getattr(self._arrays, name))


@dataclass(frozen=True)
class GradientSum:
    """Where the gradient of a parameter lies in the flat one, and how its terms together are computed."""

    part: slice
    reads: tuple[int, ...]
    together: Callable[..., Array]

    def settle(self, gradient: Array, *arguments: Any) -> None:
        """Write 0 into the cells whose terms cancel to nothing but rounding."""
        own = gradient[self.part]
        suspects = (np.abs(own) < SMALL_GRADIENT) & (own != 0.0)
        if suspects.any():
            suspects &= np.abs(own) <= NOISE * np.ravel(self.together(*arguments))
            own[suspects] = 0.0


def settled_update(update: Callable[..., Array], sums: Sequence[GradientSum]) -> Callable[..., Array]:
    """An update that divides a gradient by its own length, which would make a full step of rounding.

    It reads what an update reads, and then what `sums` read, one after another.
    """

    def compute(
        learning: Array, gradient: Array, rate: float, kept: Array, count: int, *read: Any, out: Any = None
    ) -> Array:
        if _has_small(gradient):
            for one in sums:
                one.settle(gradient, *read[: len(one.reads)])
                read = read[len(one.reads) :]
        return update(learning, gradient, rate, kept, count, out=out)

    return compute
