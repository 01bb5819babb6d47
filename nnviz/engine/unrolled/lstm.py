"""The long short-term memory cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.engine.ops.recurrence import GateSum
from nnviz.engine.unrolled.base import Recurrence, Unrolled


class LSTM(Recurrence):
    """Equations 112 to 123 of the notes; forget, input and output gate in one product at each step.

    σ(z) = ½ + ½·tanh(z/2), so that one tanh serves all gates.
    """

    name = "lstm"
    title = "LSTM"
    sentence = "A cell state that gates keep, add to and read: it can remember for long."
    gates = ("f", "i_sigma", "i_tanh", "o_sigma")
    memories = ("h", "c")

    def __init__(self, units: int, names: Sequence[str], keep: float | None = None) -> None:
        super().__init__(units, names, keep)
        self._sums = GateSum(0, len(self.gates) * units)
        self.state = "c_new" if self.is_held else "c"
        is_tanh = np.repeat([name == "i_tanh" for name in self.gates], units)
        self.factor = np.where(is_tanh, 1.0, 0.5)
        self.offset = np.where(is_tanh, 0.0, 0.5)
        self.linear = np.where(is_tanh, 0.0, 1.0)  # of the slope: (linear − y)·y + constant
        self.constant = np.where(is_tanh, 1.0, 0.0)

    def _make_room(self, run: Unrolled, steps: int, examples: int) -> None:
        super()._make_room(run, steps, examples)
        run.gates = np.empty(run.sums.shape)
        for place, name in enumerate(self.gates):
            rows = slice(place * self.units, (place + 1) * self.units)
            setattr(run, f"z_{name}", run.sums[:, :, rows])
            setattr(run, name, run.gates[:, :, rows])
        for name in ("c_kept", "i", "o_tanh"):
            setattr(run, name, np.empty(run.h.shape))
        run.z_o_tanh = run.c
        run.state = getattr(run, self.state)
        run.given = getattr(run, self.first)

    def forward(self, t: int, run: Unrolled, *before: Array, out: Array | None = None) -> Array:
        z, gates = run.sums[t], run.gates[t]
        z += run.h_prev[t].dot(run.w_h_t)
        if run.settles:
            self._settle(t, run, self._sums)
        np.multiply(z, self.factor, out=gates)
        np.tanh(gates, out=gates)
        gates *= self.factor
        gates += self.offset
        kept = np.multiply(run.c_prev[t], run.f[t], out=run.c_kept[t])
        added = np.multiply(run.i_sigma[t], run.i_tanh[t], out=run.i[t])
        np.add(kept, added, out=run.state[t])
        if self.is_held:
            self._hold(t, run, "c")
        squashed = np.tanh(run.c[t], out=run.o_tanh[t])
        np.multiply(run.o_sigma[t], squashed, out=run.given[t])
        return self._hand_on(t, run)

    def _room_for_errors(self, run: Unrolled) -> Unrolled:
        errors = super()._room_for_errors(run)
        errors.gates = np.empty(run.gates.shape)
        for place, name in enumerate(self.gates):
            rows = slice(place * self.units, (place + 1) * self.units)
            setattr(errors, name, errors.gates[:, :, rows])
            setattr(errors, f"z_{name}", errors.sums[:, :, rows])
        errors.o_tanh, errors.z_o_tanh, errors.slope_o = np.empty((3, *run.h.shape))
        errors.state = getattr(errors, self.state)
        errors.i = errors.c_kept = errors.state  # an addition hands the same error back to both
        return errors

    def _prepare(self, run: Unrolled, errors: Unrolled) -> None:
        slope = np.multiply(run.o_tanh, run.o_tanh, out=errors.slope_o)
        np.subtract(1.0, slope, out=slope)

    def backward(
        self, t: int, run: Unrolled, errors: Unrolled, *after: Array, out: Array | None = None
    ) -> Array:
        error = self._fork(t, run, errors)
        squashed = np.multiply(error, run.o_sigma[t], out=errors.o_tanh[t])
        np.multiply(error, run.o_tanh[t], out=errors.o_sigma[t])
        delta = np.multiply(squashed, errors.slope_o[t], out=errors.z_o_tanh[t])
        error = np.add(delta, errors.c_flow[t + 1], out=errors.c[t])
        if self.is_held:
            error = np.multiply(error, run.on[t], out=errors.c_new[t])
        np.multiply(error, run.i_tanh[t], out=errors.i_sigma[t])
        np.multiply(error, run.i_sigma[t], out=errors.i_tanh[t])
        np.multiply(error, run.c_prev[t], out=errors.f[t])
        np.multiply(error, run.f[t], out=errors.c_prev[t])
        self._add_held(t, run, errors, "c")
        return self._through_gates(t, run, errors)

    def _through_gates(self, t: int, run: Unrolled, errors: Unrolled) -> Array:
        """δ of all gates, and what they hand back to the state before."""
        gates = run.gates[t]
        delta = np.subtract(self.linear, gates, out=errors.sums[t])
        delta *= gates
        delta += self.constant
        delta *= errors.gates[t]
        back: Array = delta.dot(run.w_h, out=errors.h_prev[t])
        self._add_held(t, run, errors, "h")
        return back
