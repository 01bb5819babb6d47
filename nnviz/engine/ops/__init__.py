"""The ops, and the one list of activation functions and losses that lessons may name."""

from __future__ import annotations

from nnviz.engine.ops.base import Op
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

ACTIVATIONS: dict[str, type[Op]] = {
    "identity": Identity,
    "logistic": Logistic,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "prelu": PReLU,
    "softplus": Softplus,
    "elu": ELU,
    "gelu": GELU,
    "gelu_tanh": GELUTanh,
    "threshold": Threshold,
    "softmax": Softmax,
}
LOSSES: dict[str, type[Loss]] = {
    "squared_error": SquaredError,
    "cross_entropy": SoftmaxCrossEntropy,
    "binary_cross_entropy": BinaryCrossEntropy,
    "perceptron": PerceptronLoss,
}
