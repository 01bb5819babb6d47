"""The gated recurrent unit."""

from __future__ import annotations

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.engine.ops.recurrence import GateSum, InputSum, MemorySum
from nnviz.engine.ops.rows import ones
from nnviz.engine.unrolled.base import Recurrence, Unrolled


class GRU(Recurrence):
    """r = σ(…), u = σ(…), n = tanh(W·x + r ⊙ (W·h(t−1))), h = (1 − u) ⊙ n + u ⊙ h(t−1) (Cho et al. 2014).

    The reset gate is applied behind the weights, as PyTorch and cuDNN do; what is remembered has a bias `b_h`
    of its own there. u is the update gate, which others call z.
    """

    name = "gru"
    title = "GRU"
    sentence = "Two gates and no state beside h: nearly as good as an LSTM, with fewer weights."
    gates = ("r", "u", "n")

    def _make_room(self, run: Unrolled, steps: int, examples: int) -> None:
        super()._make_room(run, steps, examples)
        units = self.units
        run.gates = np.empty((steps, examples, 2 * units))
        run.z_r, run.z_u, run.z_n = (run.sums[:, :, i * units : (i + 1) * units] for i in range(3))
        run.r, run.u = run.gates[:, :, :units], run.gates[:, :, units:]
        run.m, run.rm, run.n = np.empty((3, *run.h.shape))
        run.given = getattr(run, self.first)

    def forward(self, t: int, run: Unrolled, *before: Array, out: Array | None = None) -> Array:
        units, sums, memory = self.units, run.sums[t], run.h_prev[t]
        remembered = memory.dot(run.w_h_t)
        sums[:, : 2 * units] += remembered[:, : 2 * units]
        if run.settles:
            self._settle(t, run, GateSum(0, 2 * units))
        gates = np.multiply(sums[:, : 2 * units], 0.5, out=run.gates[t])
        np.tanh(gates, out=gates)
        gates *= 0.5
        gates += 0.5
        run.m[t] = remembered[:, 2 * units :]
        if "b_h" in self.names:
            run.m[t] += run.b_h
        if run.settles:
            self._settle_memory(t, run)
        sums[:, 2 * units :] += np.multiply(run.r[t], run.m[t], out=run.rm[t])
        if run.settles:
            self._settle_new(t, run)
        new = np.tanh(run.z_n[t], out=run.n[t])
        mixed = np.multiply(1.0 - run.u[t], new, out=run.given[t])
        mixed += run.u[t] * memory
        return self._hand_on(t, run)

    def _settle_memory(self, t: int, run: Unrolled) -> None:
        now = slice(t, t + 1)
        bias = (run.b_h,) if "b_h" in self.names else ()
        h, m = (array[now].transpose(1, 0, 2) for array in (run.h_prev, run.m))
        MemorySum(2 * self.units, self.units).settle(m, h, run.w_h, *bias)

    def _settle_new(self, t: int, run: Unrolled) -> None:
        now = slice(t, t + 1)
        bias = (run.b,) if "b" in self.names else ()
        z, rm = (array[now].transpose(1, 0, 2) for array in (run.z_n, run.rm))
        InputSum(2 * self.units, self.units).settle(z, run.x[:, now], run.w_x, rm, *bias)

    def _room_for_errors(self, run: Unrolled) -> Unrolled:
        errors = super()._room_for_errors(run)
        units = self.units
        errors.gates = np.empty(run.gates.shape)
        errors.r, errors.u = errors.gates[:, :, :units], errors.gates[:, :, units:]
        errors.z_r, errors.z_u, errors.z_n = (
            errors.sums[:, :, i * units : (i + 1) * units] for i in range(3)
        )
        errors.remembered = np.empty(run.sums.shape)
        errors.m = errors.remembered[:, :, 2 * units :]
        errors.rm = errors.z_n
        errors.n, errors.slope_n = np.empty((2, *run.h.shape))
        errors.slopes = np.empty(run.gates.shape)
        return errors

    def _prepare(self, run: Unrolled, errors: Unrolled) -> None:
        slope = np.multiply(run.n, run.n, out=errors.slope_n)
        np.subtract(1.0, slope, out=slope)
        slopes = np.subtract(1.0, run.gates, out=errors.slopes)
        slopes *= run.gates

    def backward(
        self, t: int, run: Unrolled, errors: Unrolled, *after: Array, out: Array | None = None
    ) -> Array:
        units = self.units
        error = self._fork(t, run, errors)
        np.multiply(error, run.h_prev[t] - run.n[t], out=errors.u[t])
        np.multiply(error, 1.0 - run.u[t], out=errors.n[t])
        delta = np.multiply(errors.n[t], errors.slope_n[t], out=errors.z_n[t])
        np.multiply(delta, run.m[t], out=errors.r[t])
        np.multiply(delta, run.r[t], out=errors.m[t])
        sums, remembered = errors.sums[t], errors.remembered[t]
        np.multiply(errors.gates[t], errors.slopes[t], out=sums[:, : 2 * units])
        remembered[:, : 2 * units] = sums[:, : 2 * units]
        back: Array = remembered.dot(run.w_h, out=errors.h_prev[t])
        back += error * run.u[t]
        self._add_held(t, run, errors, "h")
        return back

    def d_b_h(self, run: Unrolled, errors: Unrolled, *done: Array, out: Array | None = None) -> Array:
        rows = errors.m.reshape(-1, self.units)
        total: Array = ones((len(rows),)).dot(rows, out)
        return total
