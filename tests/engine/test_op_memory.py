"""Ops write into memory that they are offered, and give the same numbers as without."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.ops import ACTIVATIONS, LOSSES, PReLU, Softmax, SoftmaxCrossEntropy, SquaredError
from nnviz.engine.ops.contraction import Affine
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.dropout import Dropped
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.ops.recurrence import GateSum, InputSum, MemorySum
from nnviz.engine.ops.step_losses import GivenErrors, StepLosses, TotalLoss
from nnviz.engine.ops.stepwise import LastAffine, StepwiseAffine

EXAMPLES, UNITS = 4, 3


def numbers(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def matrices(seed):
    return numbers(seed, (EXAMPLES, UNITS))


def distribution(seed):
    z, t = numbers(seed, (EXAMPLES, UNITS), (EXAMPLES, UNITS))
    return [z, Softmax().forward(z), Softmax().forward(t)]


CASES = {
    **{name: (kind(), matrices) for name, kind in ACTIVATIONS.items()},
    "prelu, learned": (PReLU(), lambda seed: numbers(seed, (EXAMPLES, UNITS), (UNITS,))),
    "prelu, maps": (PReLU(), lambda seed: numbers(seed, (EXAMPLES, 2, 3, 4), (2,))),
    **{
        f"dropped {name}": (
            Dropped(ACTIVATIONS[name](), 0.5),
            lambda seed: [*matrices(seed), np.eye(4)[:, :3]],
        )
        for name in ("tanh", "relu", "identity")
    },
    "affine": (Affine(), lambda seed: numbers(seed, (EXAMPLES, 5), (UNITS, 5), (UNITS,))),
    "affine, shared bias": (Affine(), lambda seed: numbers(seed, (EXAMPLES, 5), (UNITS, 5), (1,))),
    "affine, no bias": (Affine(), lambda seed: numbers(seed, (EXAMPLES, 5), (UNITS, 5))),
    "affine, maps": (Affine(), lambda seed: numbers(seed, (EXAMPLES, 2, 3, 4), (UNITS, 24), (UNITS,))),
    "convolution": (Convolution(), lambda seed: numbers(seed, (EXAMPLES, 2, 5, 6), (3, 2, 2, 3), (3,))),
    "convolution, flipped": (
        Convolution((2, 1), (1, 0), flipped=True),
        lambda seed: numbers(seed, (EXAMPLES, 2, 5, 6), (3, 2, 2, 3), (3,)),
    ),
    "max": (MaxPool(), lambda seed: numbers(seed, (EXAMPLES, 2, 4, 6))),
    "mean": (AveragePool(), lambda seed: numbers(seed, (EXAMPLES, 2, 4, 6))),
    **{
        f"{name}{', mistakes only' * only}": (
            kind(mean=True, only_mistakes=only),
            distribution if kind is SoftmaxCrossEntropy else lambda seed: distribution(seed)[1:],
        )
        for name, kind in LOSSES.items()
        for only in (False, True)
    },
}
N, T, D, H = 4, 3, 5, 2
STEP_CASES = {
    "softmax at every step": (Softmax(), lambda seed: numbers(seed, (N, T, UNITS))),
    "stepwise": (StepwiseAffine(), lambda seed: numbers(seed, (N, T, D), (UNITS, D), (UNITS,))),
    "stepwise, shared bias": (StepwiseAffine(), lambda seed: numbers(seed, (N, T, D), (UNITS, D), (1,))),
    "last step": (LastAffine(), lambda seed: numbers(seed, (N, T, D), (UNITS, D), (UNITS,))),
    "step losses": (
        StepLosses(SoftmaxCrossEntropy()),
        lambda seed: [array.reshape(2, 2, UNITS) for array in distribution(seed)],
    ),
    "step losses, ends": (
        StepLosses(SquaredError(), has_ends=True),
        lambda seed: [*numbers(seed, (N, T, UNITS), (N, T, UNITS)), np.tri(N, T)],
    ),
    "total loss": (TotalLoss(SquaredError(mean=True)), lambda seed: numbers(seed, (N, T))),
    "given errors": (GivenErrors(), lambda seed: numbers(seed, (N, H), (N, H))),
    "gate": (GateSum(H, H), lambda seed: numbers(seed, (N, T, D), (N, T, H), (6, D), (6, H), (6,))),
    "memory": (MemorySum(H, H), lambda seed: numbers(seed, (N, T, H), (6, H), (H,))),
    "input": (InputSum(H, H), lambda seed: numbers(seed, (N, T, D), (6, D), (N, T, H), (6,))),
}
CASES |= STEP_CASES
PARAMETERS = ("w", "b", "slope", "w_x", "w_h")


def results(op, xs, memory):
    """The value and all derivatives of an op, with the memory that is offered for each."""
    y = op.forward(*xs, out=memory[0])
    dy = 0.5 if isinstance(op, Loss) else np.cos(np.arange(y.size)).reshape(y.shape)
    slots = [slot for slot in range(len(xs)) if op.derivative_of(slot)]
    return [y] + [op.derivative_of(slot)(dy, y, *xs, out=memory[1 + slot]) for slot in slots]


@pytest.mark.parametrize(("op", "inputs"), CASES.values(), ids=CASES.keys())
def test_memory_that_is_used_again_changes_no_number(op, inputs):
    """A step is offered what it wrote in an earlier iteration, whose numbers were others."""
    xs = inputs(2)
    for x in xs:
        x.flags.writeable = False
    slots = [slot for slot in range(len(xs)) if op.derivative_of(slot)]
    before = results(op, inputs(1), [None] * 9)
    memory = [before[0], *[None] * 8]
    for slot, array in zip(slots, before[1:], strict=True):
        memory[1 + slot] = array
    wanted = [np.array(array) for array in results(op, xs, [None] * 9)]
    found = results(op, xs, memory)
    for one, two in zip(found, wanted, strict=True):
        assert np.asarray(one).tobytes() == two.tobytes()


@pytest.mark.parametrize(("op", "inputs"), CASES.values(), ids=CASES.keys())
def test_the_gradient_of_a_parameter_is_written_where_it_is_wanted(op, inputs):
    xs = inputs(3)
    y = op.forward(*xs)
    for slot, x in enumerate(xs):
        if op.arguments[slot] in PARAMETERS:
            out = np.full_like(x, np.nan)
            derivative = op.derivative_of(slot)
            assert derivative(np.ones_like(y), y, *xs, out=out) is out
            np.testing.assert_array_equal(out, derivative(np.ones_like(y), y, *xs))
