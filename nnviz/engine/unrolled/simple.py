"""The simple recurrent layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnviz.engine.ops.base import Array, Elementwise
from nnviz.engine.ops.elementwise import Tanh
from nnviz.engine.ops.recurrence import GateSum
from nnviz.engine.unrolled.base import Recurrence, Unrolled


class Simple(Recurrence):
    """h(t) = φ(W_hh·h(t−1) + W_hx·x(t) + w_0), equation 110 of the notes."""

    name = "recurrent"
    title = "simple"
    sentence = "One tanh at every step: short, and it forgets over long sequences."

    def __init__(
        self, units: int, names: Sequence[str], activation: Elementwise, keep: float | None = None
    ) -> None:
        super().__init__(units, names, keep)
        self.activation = activation
        self._sum = GateSum(0, units)
        self.is_tanh = type(activation) is Tanh

    def _make_room(self, run: Unrolled, steps: int, examples: int) -> None:
        super()._make_room(run, steps, examples)
        run.z = run.sums
        run.given = getattr(run, self.first)
        run.is_plain = self.first == "h"

    def forward(self, t: int, run: Unrolled, *before: Array, out: Array | None = None) -> Array:
        z = run.z[t]
        z += run.h_prev[t].dot(run.w_h_t)
        if run.settles:
            self._settle(t, run, self._sum)
        given: Array = run.given[t]
        if self.is_tanh:
            np.tanh(z, out=given)
        else:
            given[...] = self.activation.forward(z)
        return given if run.is_plain else self._hand_on(t, run)

    def _prepare(self, run: Unrolled, errors: Unrolled) -> None:
        errors.z = errors.sums
        errors.slope = self.activation.derivative(run.given, run.z, out=errors.__dict__.get("slope"))
        errors.w_h = run.w_h

    def backward(
        self, t: int, run: Unrolled, errors: Unrolled, *after: Array, out: Array | None = None
    ) -> Array:
        error = self._fork(t, run, errors)
        delta = np.multiply(error, errors.slope[t], out=errors.z[t])
        back: Array = delta.dot(errors.w_h, out=errors.h_prev[t])
        self._add_held(t, run, errors, "h")
        return back
