"""Small networks that read sequences, with random weights: every cell, in every form."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.engine.conventions import Conventions
from nnviz.engine.graph import Graph
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.notation import Notation
from nnviz.engine.ops import ACTIVATIONS, LOSSES, SquaredError
from nnviz.engine.optimizers import Adam
from nnviz.engine.penalty import Penalty
from nnviz.engine.recurrent import Going
from nnviz.engine.recurrent_layers import Options, gru, lstm, simple_recurrent
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Settings, Timeline

CELLS = ("simple", "lstm", "gru")


def step_graph(
    cells: tuple[str, ...] = ("simple",),
    *,
    steps: int = 3,
    inputs: int = 2,
    units: int = 2,
    outputs: int = 2,
    every: bool = True,
    activation: str = "tanh",
    output: str = "logistic",
    loss: str | None = "squared_error",
    mean: bool = False,
    bias: bool = True,
    keep: float | None = None,
    ends: bool = False,
    below: bool = False,
    frozen: bool = False,
) -> Graph:
    """Recurrent layers on top of each other, called l1, l2, …, and a dense layer above them, called out."""
    builder = GraphBuilder()
    x = given = builder.given("x", (steps, inputs))
    going = builder.add("going", Going((steps,))) if ends else None
    t = builder.given("t", (steps, outputs) if every else (outputs,)) if loss else None
    if below:
        x = builder.dense(x, 2, ACTIVATIONS["tanh"](), "below", "Below").a
    for number, cell in enumerate(cells, 1):
        options = Options(bias, not frozen, not frozen, keep, going)
        x = _add(builder, x, units, cell, activation, f"l{number}", options).a
    out = builder.dense(x, outputs, ACTIVATIONS[output](), "out", "Output", bias=bias, every_step=every)
    if loss is None or t is None:
        return builder.graph(given, going=going)
    op = SquaredError(True, mean) if loss == "squared_error" else LOSSES[loss](mean)
    return builder.graph(given, t, builder.loss(op, out, t, going if every else None), going=going)


def _add(builder: Any, x: Any, units: int, cell: str, activation: str, scope: str, options: Options) -> Any:
    title = scope.capitalize()
    if cell == "simple":
        return simple_recurrent(builder, x, units, ACTIVATIONS[activation](), scope, title, options)
    return {"lstm": lstm, "gru": gru}[cell](builder, x, units, scope, title, options)


def build_step_network(
    cells: tuple[str, ...] = ("simple",),
    *,
    examples: int = 2,
    seed: int = 0,
    batch_size: int | None = None,
    delta: str = "gradient",
    starts: bool = False,
    plan: dict[str, Any] | None = None,
    **options: Any,
) -> tuple[Timeline, Textbook]:
    """A run over random sequences; with `ends` they are of different lengths."""
    graph = step_graph(cells, **options)
    rng = np.random.default_rng(seed)
    inputs = rng.uniform(-1.0, 1.0, (examples, *graph.inputs.shape))
    targets = None
    if graph.target is not None:
        targets = rng.uniform(0.0, 1.0, (examples, *graph.target.shape))
        if options.get("loss") == "cross_entropy":
            targets = np.eye(targets.shape[-1])[rng.integers(0, targets.shape[-1], targets.shape[:-1])]
        if options.get("loss") == "binary_cross_entropy":
            targets = np.round(targets)
    given = {}
    if graph.going is not None:
        lengths = 1 + (np.arange(examples)[::-1] % graph.going.shape[0])
        given["going"] = (np.arange(graph.going.shape[0]) < lengths[:, None]).astype(np.float64)
    if starts:
        given |= {n.scope: rng.normal(size=(examples, *n.shape)) for n in graph.given if "start" in n.scope}
    timeline = Timeline(
        graph,
        rng.uniform(-1.0, 1.0, graph.parameter_size),
        Settings(inputs, targets, 0.2, given),
        batch_size=batch_size,
        **(plan or {}),
    )
    conventions = Conventions(True, "mean" if options.get("mean") else "sum", delta=delta)
    return timeline, Textbook(Notation(graph), conventions)


STEP_VARIANTS: dict[str, dict[str, Any]] = {
    "rnn": {"examples": 1},
    "rnn, two examples, relu, mean": {"activation": "relu", "mean": True, "seed": 1},
    "rnn, one output at the end": {"every": False},
    "rnn, softmax at every step": {"output": "softmax", "loss": "cross_entropy", "outputs": 3, "examples": 1},
    "rnn, softmax, squared error": {"output": "softmax", "steps": 2, "examples": 1},
    "rnn, binary cross-entropy, negative delta": {
        "loss": "binary_cross_entropy",
        "delta": "negative_gradient",
        "steps": 2,
    },
    "rnn, forward only": {"loss": None, "steps": 2},
    "rnn, sequences that end": {"ends": True, "examples": 3, "units": 1},
    "rnn, dropout": {"keep": 0.6, "units": 3, "steps": 2, "plan": {"seed": 1}},
    "rnn, frozen": {"frozen": True, "steps": 2},
    "rnn, one step": {"steps": 1, "starts": True},
    "rnns on top of each other": {"cells": ("simple", "simple"), "steps": 2, "examples": 1},
    "rnn on a dense layer, adam": {
        "below": True,
        "steps": 2,
        "examples": 1,
        "plan": {"optimizer": Adam(), "clip": 0.1},
    },
    "rnn, clipped": {"steps": 2, "units": 1, "plan": {"clip": 0.05}},
    "rnn, clipped, L2": {"steps": 2, "units": 1, "plan": {"clip": 0.05, "penalty": Penalty(0.1)}},
    "rnn, clipping that does not act": {"steps": 2, "units": 1, "examples": 1, "plan": {"clip": 50.0}},
    "rnn, no bias, online": {"bias": False, "batch_size": 1, "steps": 2},
    "rnn, states go on": {"examples": 6, "batch_size": 2, "steps": 2, "units": 1, "plan": {"carry": True}},
    "lstm, states go on, adam": {
        "cells": ("lstm",),
        "examples": 3,
        "batch_size": 1,
        "steps": 2,
        "units": 1,
        "starts": True,
        "plan": {"carry": True, "optimizer": Adam(), "clip": 0.5},
    },
    "lstm": {"cells": ("lstm",), "steps": 2, "starts": True},
    "lstm, negative delta, one output at the end": {
        "cells": ("lstm",),
        "delta": "negative_gradient",
        "every": False,
        "units": 1,
        "examples": 1,
    },
    "lstm, sequences that end, dropout": {
        "cells": ("lstm",),
        "ends": True,
        "keep": 0.5,
        "steps": 2,
        "units": 1,
        "plan": {"seed": 3},
    },
    "lstm on lstm": {"cells": ("lstm", "lstm"), "steps": 2, "units": 1, "examples": 1, "inputs": 1},
    "gru": {"cells": ("gru",), "steps": 2, "examples": 1},
    "gru, negative delta, ends": {
        "cells": ("gru",),
        "delta": "negative_gradient",
        "ends": True,
        "steps": 2,
        "units": 1,
    },
    "gru on gru, no bias": {"cells": ("gru", "gru"), "bias": False, "steps": 2, "units": 1, "examples": 1},
}
