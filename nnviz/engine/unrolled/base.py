"""What the recurrent layers share: arrays for all time steps, and what happens to a state before it goes on.

Everything that does not depend on the step before is one product over all steps: what comes in along the
input weights, the slopes of φ, and the gradients of the weights. Only the rest is computed step by step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.engine.ops.recurrence import GateSum
from nnviz.engine.ops.rows import ones
from nnviz.engine.ops.stepwise import examples_first, rows_in, steps_first


class Unrolled:
    """The numbers of a layer at all steps: arrays (step, example, unit) by the name of their node.

    They are filled step by step, every cell once; in training, in the memory of the iteration before.
    """

    def __init__(self, **arrays: Any) -> None:
        self.__dict__.update(arrays)

    if TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"found no {name}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unrolled) and all(
            np.array_equal(array, other.__dict__[name]) for name, array in self.__dict__.items()
        )

    __hash__ = None  # type: ignore[assignment]

    def examples_first(self, name: str) -> Array:
        """One of the arrays as (example, step, unit)."""
        array: Array = getattr(self, name)
        return array.transpose(1, 0, 2)


class Recurrence:
    """One kind of recurrent layer.

    `names` says in which order `start` and `errors` are given their arguments. A unit that is dropped gives
    0 at all steps of a sequence; `going` is 1 while a sequence goes on, and 0 at the steps behind its end,
    where the state is held.
    """

    name: ClassVar[str] = ""  # of its kind, in lesson files
    title: ClassVar[str] = ""
    sentence: ClassVar[str] = ""  # said where one is chosen
    gates: ClassVar[tuple[str, ...]] = ()  # in the order of the rows of the weights
    memories: tuple[str, ...] = ("h",)

    def __init__(self, units: int, names: Sequence[str], keep: float | None = None) -> None:
        self.units = units
        self.names = tuple(names)
        self.keep = keep
        self.is_held = "going" in self.names
        self.last = "h_new" if self.is_held else "h"  # what the state is before it is held
        self.first = self.last if keep is None else "h_full"  # and before units are dropped

    # Forward

    def start(self, settles: bool, *given: Array, out: Unrolled | None = None) -> Unrolled:
        """All sums over what comes in, (step, example, gate), and room for the rest.

        With `settles` a sum of a step is 0 where it is nothing but rounding.
        """
        run = Unrolled() if out is None else out
        run.settles = settles
        run.__dict__.update(zip(self.names, given, strict=True))
        examples, steps, _ = run.x.shape
        if out is None:
            run.sums = np.empty((steps, examples, max(len(self.gates), 1) * self.units))
            for name in self.memories:
                self._remember(run, name, steps, examples)
            self._make_room(run, steps, examples)
        self._begin(run)
        return run

    def _begin(self, run: Unrolled) -> None:
        """What is known before the first step."""
        run.x_rows = steps_first(run.x)
        sums = run.x_rows.dot(run.w_x.T, rows_of(run.sums))
        if "b" in self.names:
            sums += run.b
        run.w_h_t = run.w_h.T
        run.kept = run.mask / self.keep if "mask" in self.names and run.mask is not None else None
        if self.is_held:
            run.on = np.ones((*run.sums.shape[:2], 1)) if run.going is None else run.going.T[:, :, None]
        for name in self.memories:
            given = getattr(run, f"{name}_start")
            getattr(run, f"{name}_prev")[0] = 0.0 if given is None else given

    def _remember(self, run: Unrolled, name: str, steps: int, examples: int) -> None:
        """What is remembered lies one step behind what is given, in the same memory."""
        memory = np.empty((steps + 1, examples, self.units))
        setattr(run, f"{name}_prev", memory[:-1])
        setattr(run, name, memory[1:])
        if self.is_held:
            setattr(run, f"{name}_new", np.empty((steps, examples, self.units)))

    def _make_room(self, run: Unrolled, steps: int, examples: int) -> None:
        if self.first != self.last:
            run.h_full = np.empty((steps, examples, self.units))

    def forward(self, t: int, run: Unrolled, *before: Array, out: Array | None = None) -> Array:
        """Compute step t; what comes back is the state that it leads to."""
        raise NotImplementedError

    def _settle(self, t: int, run: Unrolled, sums: GateSum) -> None:
        """0 for the first sums of a step, (example, gate), that are nothing but rounding."""
        now = slice(t, t + 1)
        bias = (run.b,) if "b" in self.names else ()
        h = run.h_prev[now].transpose(1, 0, 2)
        sums.settle(run.sums[now, :, sums.rows].transpose(1, 0, 2), run.x[:, now], h, run.w_x, run.w_h, *bias)

    def _hand_on(self, t: int, run: Unrolled) -> Array:
        """From what the units give to the state that goes on: some are dropped, finished ones held."""
        if self.first != self.last:
            full, kept = run.h_full[t], run.kept
            getattr(run, self.last)[t] = full if kept is None else full * kept
        if self.is_held:
            self._hold(t, run, "h")
        state: Array = run.h[t]
        return state

    def _hold(self, t: int, run: Unrolled, name: str) -> None:
        new, before = getattr(run, f"{name}_new")[t], getattr(run, f"{name}_prev")[t]
        getattr(run, name)[t] = np.where(run.on[t] > 0.0, new, before)

    # Backward

    def errors(self, run: Unrolled, above: Array, *later: Array, out: Unrolled | None = None) -> Unrolled:
        """Room for the errors of all steps, and what comes from above and from behind the end."""
        errors = self._room_for_errors(run) if out is None else out
        errors.above = above.transpose(1, 0, 2)
        given = later or (None,) * len(self.memories)
        for name, last in zip(self.memories, given, strict=True):
            getattr(errors, f"{name}_flow")[-1] = 0.0 if last is None else last
        self._prepare(run, errors)
        return errors

    def _room_for_errors(self, run: Unrolled) -> Unrolled:
        errors = Unrolled()
        for name in self.memories:
            flow = np.empty((len(run.sums) + 1, *run.h.shape[1:]))
            errors.__dict__.update({f"{name}_flow": flow, f"{name}_prev": flow[:-1]})
            setattr(errors, name, np.empty(run.h.shape))
            if self.is_held:
                setattr(errors, f"{name}_new", np.empty(run.h.shape))
        if self.first != self.last:
            errors.h_full = np.empty(run.h.shape)
        errors.sums = errors.remembered = np.empty(run.sums.shape)
        return errors

    def _prepare(self, run: Unrolled, errors: Unrolled) -> None:
        """The slopes of all steps at once."""

    def backward(
        self, t: int, run: Unrolled, errors: Unrolled, *after: Array, out: Array | None = None
    ) -> Array:
        """Compute the errors of step t; what comes back is handed on to the step before."""
        raise NotImplementedError

    def _fork(self, t: int, run: Unrolled, errors: Unrolled) -> Array:
        """∂E/∂h(t), from above and from the step after, and of it ∂E/∂ of what the units give."""
        error: Array = np.add(errors.above[t], errors.h_flow[t + 1], out=errors.h[t])
        if self.is_held:
            error = np.multiply(error, run.on[t], out=errors.h_new[t])
        if self.first != self.last:
            error = np.multiply(error, 1.0 if run.kept is None else run.kept, out=errors.h_full[t])
        return error

    def _add_held(self, t: int, run: Unrolled, errors: Unrolled, name: str) -> None:
        """What a held state hands on unchanged."""
        if self.is_held:
            passed = getattr(errors, name)[t] * (1.0 - run.on[t])
            getattr(errors, f"{name}_prev")[t] += passed

    # Gradients of the weights, over all steps and examples at once

    def d_x(self, run: Unrolled, errors: Unrolled, *done: Array, out: Array | None = None) -> Array:
        rows = rows_of(errors.sums).dot(run.w_x, rows_in(out))
        return examples_first(rows, errors.sums.shape[1])

    def d_w_x(self, run: Unrolled, errors: Unrolled, *done: Array, out: Array | None = None) -> Array:
        dw: Array = rows_of(errors.sums).T.dot(run.x_rows, out)
        return dw

    def d_w_h(self, run: Unrolled, errors: Unrolled, *done: Array, out: Array | None = None) -> Array:
        dw: Array = rows_of(errors.remembered).T.dot(rows_of(run.h_prev), out)
        return dw

    def d_b(self, run: Unrolled, errors: Unrolled, *done: Array, out: Array | None = None) -> Array:
        rows = rows_of(errors.sums)
        total: Array = ones((len(rows),)).dot(rows, out)
        return total


def rows_of(array: Array) -> Array:
    """(step, example, unit) as rows of units."""
    return array.reshape(-1, array.shape[2])
