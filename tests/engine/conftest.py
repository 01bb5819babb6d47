"""Small networks to try the engine on: `network(...)` builds one, `variant` is each of a family of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.engine.conventions import Conventions
from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.graph import Graph
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.notation import Notation
from nnviz.engine.ops import ACTIVATIONS, ELU, LOSSES, Loss, Op, ReLU, SquaredError
from nnviz.engine.ops.base import Array
from nnviz.engine.optimizers import AdaGrad, Adam, Momentum, Nesterov, Newton, RMSProp
from nnviz.engine.order import Order
from nnviz.engine.penalty import Penalty
from nnviz.engine.preparation import Preparation
from nnviz.engine.run import Batch
from nnviz.engine.schedules import Cosine
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Settings, Timeline
from tests.engine.map_networks import MAP_VARIANTS, build_map_network
from tests.engine.step_networks import STEP_VARIANTS, build_step_network

GOLDENS = Path(__file__).resolve().parent.parent / "goldens"


@dataclass(frozen=True)
class Network:
    """A network with a run and the textbook that describes it."""

    timeline: Timeline
    textbook: Textbook

    @property
    def graph(self) -> Graph:
        return self.timeline.graph

    @cached_property
    def walk(self) -> Walk:
        return Walk(self.timeline)

    @property
    def batch(self) -> Batch:
        """All the data."""
        settings = self.timeline.settings(0)
        masks = (
            self.timeline.record(0).batch.masks if self.timeline.batch_size == self.timeline.examples else {}
        )
        return Batch(range(self.timeline.examples), settings.inputs, settings.targets, masks)

    def moment(self, position: int, iteration: int = 0, example: int = 0) -> Moment:
        walk = self.walk
        return resolve(walk, walk.at(iteration, position, example), self.textbook)

    def end(self, iteration: int = 0, example: int = 0) -> Moment:
        """The moment in which all of an iteration is computed."""
        return self.moment(10**9, iteration, example)

    def moments(self, iteration: int = 0, example: int = 0) -> Iterator[Moment]:
        """An iteration, leaf by leaf, from its start to its end."""
        walk = self.walk
        for position in range(walk.outline(iteration).length + 1):
            yield resolve(walk, Cursor(iteration, position, example), self.textbook)

    def with_timeline(self, timeline: Timeline) -> Network:
        return replace(self, timeline=timeline)


def build_network(
    widths: tuple[int, ...] = (2, 3, 2, 1),
    activations: str | Op | tuple[str | Op, ...] = "logistic",
    loss: str | None = "squared_error",
    *,
    examples: int = 4,
    seed: int = 0,
    batch_size: int | None = None,
    learning_rate: float = 0.2,
    half: bool = True,
    mean: bool = False,
    only_mistakes: bool = False,
    bias: str = "per_unit",
    frozen: tuple[str, ...] = (),
    late: bool = False,
    delta: str = "gradient",
    budget: int = 2**28,
    numbering: str = "network",
    parameters: Array | None = None,
    data: tuple[Array, Array | None] | None = None,
    preparation: Preparation | None = None,
    keep: float | None = None,
    keep_inputs: float | None = None,
    plan: dict[str, Any] | None = None,
) -> Network:
    """A fully connected network with random weights and data, or with those that are given.

    `keep` is the probability with which hidden units are kept, `keep_inputs` that of the inputs; `plan` has
    further arguments of the timeline.
    `frozen` names parameters that do not learn (``"hidden1/w"``); layers are called hidden1 … and output.
    """
    builder = GraphBuilder()
    x, below = builder.inputs("x", (widths[0],), keep_inputs), None
    t = builder.given("t", (widths[-1],)) if loss else None
    names = [f"hidden{i}" for i in range(1, len(widths) - 1)] + ["output"]
    phis = activations if isinstance(activations, tuple) else (activations,) * len(names)
    for name, units, phi in zip(names, widths[1:], phis, strict=True):
        below = builder.dense(
            x if below is None else below.a,
            units,
            ACTIVATIONS[phi]() if isinstance(phi, str) else phi,
            name,
            name.capitalize(),
            bias=bias != "none",
            shared_bias=bias == "shared",
            train_weights=f"{name}/w" not in frozen,
            train_bias=f"{name}/b" not in frozen,
            keep=None if name == "output" else keep,
        )
    error = None if loss is None else builder.loss(_loss(loss, half, mean, only_mistakes), below, t)
    graph = builder.graph(x, t, error, late)
    rng = np.random.default_rng(seed)
    if parameters is None:
        parameters = rng.uniform(-1.0, 1.0, graph.parameter_size)
    inputs, targets = data if data is not None else _data(rng, widths, loss, examples)
    timeline = Timeline(
        graph,
        parameters,
        Settings(inputs, targets, learning_rate),
        batch_size=batch_size,
        budget=budget,
        **(plan or {}),
    )
    conventions = Conventions(half, "mean" if mean else "sum", bias, delta=delta)
    return Network(timeline, Textbook(Notation(graph, numbering), conventions, preparation))


def _loss(name: str, half: bool, mean: bool, only_mistakes: bool) -> Loss:
    if name == "squared_error":
        return SquaredError(half, mean, only_mistakes)
    return LOSSES[name](mean, only_mistakes)


def _data(rng: Any, widths: tuple[int, ...], loss: str | None, examples: int) -> tuple[Array, Array | None]:
    """Inputs in −1 … 1; targets that the loss allows: one-hot, 0 or 1, ±1, or anything in between."""
    inputs = rng.uniform(-1.0, 1.0, (examples, widths[0]))
    shape = (examples, widths[-1])
    if loss is None:
        return inputs, None
    if loss == "cross_entropy":
        return inputs, np.eye(widths[-1])[rng.integers(0, widths[-1], examples)]
    if loss == "binary_cross_entropy":
        return inputs, rng.integers(0, 2, shape).astype(np.float64)
    if loss == "perceptron":
        return inputs, rng.choice([-1.0, 1.0], shape)
    return inputs, rng.uniform(0.0, 1.0, shape)


VARIANTS: dict[str, dict[str, Any]] = {
    "logistic": {},
    "tanh": {"activations": "tanh", "widths": (3, 2, 2)},
    "relu": {"activations": "relu", "seed": 3},
    "relu, slope at 0": {"activations": (ReLU(0.5), ReLU(0.5)), "widths": (2, 2, 1), "seed": 1},
    "leaky relu": {"activations": "leaky_relu", "seed": 3},
    "prelu": {"activations": "prelu", "seed": 3},
    "prelu, online, negative delta": {
        "activations": ("prelu", "logistic"),
        "widths": (2, 3, 2),
        "batch_size": 1,
        "delta": "negative_gradient",
    },
    "prelu, late weights": {"activations": "prelu", "widths": (2, 2, 1), "late": True, "seed": 3},
    "prelu, frozen, numbered per layer": {
        "activations": "prelu",
        "widths": (2, 2, 2),
        "frozen": ("hidden1/w",),
        "numbering": "layer",
        "seed": 5,
    },
    "softplus": {"activations": "softplus", "widths": (2, 3, 1)},
    "elu": {"activations": ("elu", ELU(0.5)), "widths": (2, 4, 1), "seed": 2},
    "gelu": {"activations": "gelu", "widths": (2, 3, 1), "delta": "negative_gradient"},
    "gelu, tanh": {"activations": "gelu_tanh", "widths": (2, 2, 1), "seed": 4},
    "identity": {"activations": "identity", "widths": (3, 1)},
    "threshold, forward only": {"activations": "threshold", "loss": None},
    "softmax, cross-entropy": {
        "widths": (2, 3, 3),
        "activations": ("logistic", "softmax"),
        "loss": "cross_entropy",
    },
    "softmax, cross-entropy, mean": {
        "widths": (2, 2, 3),
        "activations": ("tanh", "softmax"),
        "loss": "cross_entropy",
        "mean": True,
        "delta": "negative_gradient",
    },
    "softmax, targets that are no distribution": {
        "widths": (2, 3),
        "activations": "softmax",
        "loss": "cross_entropy",
        "data": (np.array([[0.5, -0.2], [0.1, 0.9]]), np.array([[0.3, 0.0, 0.4], [1.0, 0.5, 0.25]])),
    },
    "softmax, squared error": {"widths": (2, 2, 3), "activations": ("tanh", "softmax")},
    "softmax inside, negative delta": {
        "widths": (2, 3, 2),
        "activations": ("softmax", "logistic"),
        "delta": "negative_gradient",
    },
    "binary cross-entropy": {"widths": (2, 2, 2), "loss": "binary_cross_entropy"},
    "binary cross-entropy, mean": {"widths": (2, 2, 2), "loss": "binary_cross_entropy", "mean": True},
    "perceptron": {"widths": (2, 1), "activations": "identity", "loss": "perceptron", "batch_size": 1},
    "perceptrons, mean, negative delta": {
        "widths": (3, 2),
        "activations": "identity",
        "loss": "perceptron",
        "mean": True,
        "delta": "negative_gradient",
    },
    "squared error, mistakes only": {"only_mistakes": True, "seed": 1},
    "squared error, mistakes only, one by one": {"only_mistakes": True, "batch_size": 1, "mean": True},
    "cross-entropy, mistakes only": {
        "widths": (2, 2, 3),
        "activations": ("tanh", "softmax"),
        "loss": "cross_entropy",
        "only_mistakes": True,
        "examples": 6,
        "delta": "negative_gradient",
    },
    "binary cross-entropy, mistakes only": {
        "widths": (2, 2, 1),
        "loss": "binary_cross_entropy",
        "only_mistakes": True,
        "mean": True,
    },
    "mean, no half": {"mean": True, "half": False},
    "mean, no half, negative delta": {"mean": True, "half": False, "delta": "negative_gradient"},
    "negative delta": {"delta": "negative_gradient"},
    "shared bias": {"bias": "shared"},
    "shared bias alone learns": {
        "bias": "shared",
        "widths": (2, 3, 2),
        "frozen": ("hidden1/w", "output/w"),
        "delta": "negative_gradient",
    },
    "no bias": {"bias": "none"},
    "late weights": {"late": True},
    "late weights, negative delta": {"late": True, "delta": "negative_gradient", "widths": (2, 2, 2)},
    "frozen layer": {"frozen": ("hidden1/w", "hidden1/b")},
    "frozen biases": {"frozen": ("hidden1/b", "hidden2/b", "output/b")},
    "frozen output": {"frozen": ("output/w", "output/b"), "late": True},
    "online": {"batch_size": 1},
    "mini-batch": {"batch_size": 2, "examples": 6},
    "one example": {"examples": 1},
    "many examples": {"widths": (2, 1), "examples": 15},
    "wide": {"widths": (14, 2, 14)},
    "numbered per layer": {"numbering": "layer"},
    "momentum": {"plan": {"optimizer": Momentum(0.8)}},
    "nesterov, L2": {"plan": {"optimizer": Nesterov(), "penalty": Penalty(0.1)}, "widths": (2, 2, 1)},
    "adagrad, L1": {"plan": {"optimizer": AdaGrad(), "penalty": Penalty(l1=0.1)}, "widths": (2, 2, 1)},
    "rmsprop, L1 and L2": {"plan": {"optimizer": RMSProp(), "penalty": Penalty(0.1, 0.2)}, "widths": (2, 2)},
    "adam": {"plan": {"optimizer": Adam()}, "widths": (2, 2, 2), "frozen": ("output/b",)},
    "newton": {"plan": {"optimizer": Newton()}, "widths": (2, 1), "activations": "identity"},
    "L2": {"plan": {"penalty": Penalty(0.05)}},
    "cosine": {"plan": {"schedule": Cosine(every=4, unit="iterations")}, "widths": (2, 1)},
    "shuffled": {"plan": {"order": Order("shuffled", 3)}, "batch_size": 2, "examples": 5, "widths": (2, 2)},
    "dropout": {"keep": 0.6, "widths": (2, 4, 3, 1), "plan": {"seed": 2}},
    "dropout, tanh, online": {
        "keep": 0.5,
        "activations": "tanh",
        "batch_size": 1,
        "plan": {"seed": 1},
    },
    "dropout of inputs": {"keep_inputs": 0.7, "widths": (4, 3, 1), "plan": {"seed": 5}},
    "dropout of inputs and units, numbered per layer": {
        "keep_inputs": 0.5,
        "keep": 0.5,
        "widths": (3, 4, 2),
        "activations": "tanh",
        "batch_size": 3,
        "numbering": "layer",
        "plan": {"seed": 2, "order": Order("shuffled", 3)},
    },
    "dropout of inputs, newton": {
        "keep_inputs": 0.6,
        "widths": (2, 1),
        "activations": "identity",
        "plan": {"optimizer": Newton(), "seed": 4},
    },
}


@pytest.fixture(scope="session")
def network() -> Callable[..., Network]:
    return build_network


@pytest.fixture(scope="session", params=[*VARIANTS, *MAP_VARIANTS, *STEP_VARIANTS])
def variant(request: pytest.FixtureRequest) -> Network:
    """Every op, loss, kind of layer and convention in a network of its own."""
    if request.param in MAP_VARIANTS:
        return Network(*build_map_network(**MAP_VARIANTS[request.param]))
    if request.param in STEP_VARIANTS:
        return Network(*build_step_network(**STEP_VARIANTS[request.param]))
    return build_network(**VARIANTS[request.param])


@pytest.fixture(scope="session")
def golden() -> Callable[[str], dict[str, Any]]:
    """The published numbers of one worked example."""
    return lambda name: json.loads((GOLDENS / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def power_plant(golden: Callable[[str], dict[str, Any]]) -> Callable[..., Network]:
    """The power plant network of the notes: 2-3-2-1, four examples, the published weights."""

    def build(activations: str = "logistic", **options: Any) -> Network:
        published = golden("power_plant_logistic")
        weights = [np.array(published["network"][name]) for name in ("W1", "W2", "W3")]
        table = np.array(published["data"]["range_normalized_rounded_to_2"])
        by_layer = [np.concatenate([w[:, 0], w[:, 1:].ravel()]) for w in weights]
        return build_network(
            activations=activations,
            parameters=np.concatenate(by_layer),
            data=(table[:, :2].copy(), table[:, 2:].copy()),
            **options,
        )

    return build
