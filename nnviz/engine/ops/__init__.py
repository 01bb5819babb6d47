"""The ops, and the one list of activation functions and losses that lessons may name."""

from __future__ import annotations

from nnviz.engine.ops.base import Activation, Op
from nnviz.engine.ops.elementwise import Identity, LeakyReLU, Logistic, PReLU, ReLU, Tanh, Threshold
from nnviz.engine.ops.losses import (
    BinaryCrossEntropy,
    Loss,
    PerceptronLoss,
    SoftmaxCrossEntropy,
    SquaredError,
)
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.ops.smooth import ELU, GELU, GELUTanh, Softplus

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "ELU",
    "GELU",
    "GELUTanh",
    "LOSSES",
    "BinaryCrossEntropy",
    "Identity",
    "LeakyReLU",
    "Logistic",
    "Loss",
    "Op",
    "PReLU",
    "PerceptronLoss",
    "ReLU",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Softplus",
    "SquaredError",
    "Tanh",
    "Threshold",
]

ACTIVATIONS: dict[str, type[Activation]] = {
    kind.name: kind
    for kind in (
        Tanh,
        ReLU,
        Logistic,
        LeakyReLU,
        PReLU,
        ELU,
        GELU,
        GELUTanh,
        Softplus,
        Identity,
        Threshold,
        Softmax,
    )
}
LOSSES: dict[str, type[Loss]] = {
    kind.name: kind for kind in (SquaredError, BinaryCrossEntropy, SoftmaxCrossEntropy, PerceptronLoss)
}
