"""Lesson files drawn at random: all families of networks and their mixtures, small enough to read."""

from __future__ import annotations

from typing import Any

import numpy as np
import tomli_w

ONE_NUMBER = ("identity", "logistic", "tanh", "relu", "leaky_relu", "softplus", "elu", "gelu", "threshold")
SMOOTH = ("identity", "logistic", "tanh", "relu", "leaky_relu", "softplus", "elu")
OPTIMIZERS = ("gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
CELLS = ("recurrent", "lstm", "gru")
FAMILIES = ("dense", "maps", "steps", "steps", "text")

Tables = dict[str, Any]


class Draw:
    """Choices, the same ones for the same seed."""

    def __init__(self, seed: int | tuple[int, int]) -> None:
        self._random = np.random.default_rng(seed)

    def one_of(self, choices: Any) -> Any:
        return choices[int(self._random.integers(len(choices)))]

    def between(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high + 1))

    def chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def number(self) -> float:
        """Often an integer or a short decimal, as people write them."""
        decimals = self.one_of((0, 1, 1, 2, 3))
        return float(np.round(self._random.uniform(-2.0, 2.0), decimals)) + 0.0

    def numbers(self, *shape: int) -> Any:
        if not shape:
            return self.number()
        return [self.numbers(*shape[1:]) for _ in range(shape[0])]


def random_lesson(seed: int) -> str:
    """The text of a lesson file."""
    draw = Draw(seed)
    family = draw.one_of(FAMILIES)
    tables = {"dense": _dense, "maps": _maps, "steps": _steps, "text": _text}[family](draw)
    _errors_from_outside(Draw((seed, 1)), tables)
    tables |= {"format": 1, "title": f"Network {seed}"}
    return tomli_w.dumps(tables)


# What all families share


def _layer(draw: Draw, name: str, activations: tuple[str, ...] = ONE_NUMBER) -> Tables:
    """The fields that layers of neurons and of maps have in common."""
    layer: Tables = {"name": name, "activation": draw.one_of((*activations, "prelu"))}
    if layer["activation"] in ("leaky_relu", "prelu") and draw.chance(0.5):
        layer["slope"] = draw.one_of((0.01, 0.1, 0.5))
    if layer["activation"] == "threshold" and draw.chance(0.5):
        layer["threshold"] = draw.number()
    if layer["activation"] not in ("prelu", "softmax") and draw.chance(0.2):
        layer["keep"] = draw.one_of((0.5, 0.8))
    if draw.chance(0.1):
        layer["trainable"] = False
    return layer


def _hidden(draw: Draw, name: str) -> Tables:
    return _layer(draw, name, (*ONE_NUMBER, "softmax")) | {"units": draw.between(1, 3)}


def _output(draw: Draw, loss: str, units: int) -> Tables:
    activation = {"cross_entropy": "softmax", "binary_cross_entropy": "logistic", "perceptron": "identity"}
    if loss in activation:
        return {"name": "Output", "units": units, "activation": activation[loss]}
    return {"name": "Output", "units": units, "activation": draw.one_of((*SMOOTH, "softmax"))}


def _targets(draw: Draw, loss: str, units: int) -> list[float]:
    if loss == "cross_entropy":
        return np.eye(units)[draw.between(0, units - 1)].tolist()
    if loss == "binary_cross_entropy":
        return [float(draw.between(0, 1)) for _ in range(units)]
    if loss == "perceptron":
        return [draw.one_of((-1.0, 1.0)) for _ in range(units)]
    return draw.numbers(units)


def _training(draw: Draw, loss: str, examples: int, *, order: bool = True) -> Tables:
    training: Tables = {"loss": loss, "learning_rate": draw.one_of((0.01, 0.1, 0.5, 1.0))}
    training["batch"] = draw.one_of(("all", *range(1, examples + 1)))
    if order and draw.chance(0.3):
        training["order"] = draw.one_of(("shuffled", "batches"))
    if draw.chance(0.5):
        training["optimizer"] = draw.one_of(OPTIMIZERS)
    for penalty in ("l1", "l2"):
        if draw.chance(0.15):
            training[penalty] = 0.1
    if draw.chance(0.15):
        training["clip"] = draw.one_of((0.01, 0.5, 50.0))
    if draw.chance(0.15):
        methods = ("step", "exponential", "cosine")
        training["schedule"] = {"method": draw.one_of(methods), "unit": "iterations", "every": 2}
    return training


def _conventions(draw: Draw, *, shared_bias: bool = True) -> Tables:
    return {
        "squared_error": draw.one_of(("half", "whole")),
        "reduction": draw.one_of(("sum", "mean")),
        "bias": draw.one_of(("per_unit", "per_unit", "none", *(("shared",) if shared_bias else ()))),
        "bias_trained": draw.chance(0.9),
        "delta": draw.one_of(("gradient", "negative_gradient")),
        "relu_slope_at_zero": draw.one_of((0.0, 0.5, 1.0)),
    }


def _initial(draw: Draw) -> Tables:
    method = draw.one_of(("uniform", "normal", "xavier", "he", "constant"))
    initial: Tables = {"method": method, "seed": draw.between(0, 1000)}
    return initial | ({"value": draw.number()} if method == "constant" else {})


def _late_weights(draw: Draw, tables: Tables) -> None:
    """The errors of some books go back along the new weights, with plain gradient descent only."""
    if draw.chance(0.15):
        tables["conventions"]["backward_weights"] = "new"
        for field in ("optimizer", "l1", "l2", "clip"):
            tables["training"].pop(field, None)


# Neurons


def _dense(draw: Draw) -> Tables:
    loss = draw.one_of(("squared_error", "cross_entropy", "binary_cross_entropy", "perceptron"))
    inputs, examples = draw.between(1, 3), draw.between(1, 4)
    units = 1 if loss == "perceptron" else draw.between(2 if loss == "cross_entropy" else 1, 3)
    hidden = [_hidden(draw, f"H{number}") for number in range(1, draw.between(0, 2) + 1)]
    names = [f"x{number}" for number in range(1, inputs + 1)]
    rows = [draw.numbers(inputs) + _targets(draw, loss, units) for _ in range(examples)]
    data = {"columns": [*names, *(f"t{i}" for i in range(units))], "targets": units, "rows": rows}
    network: Tables = {"inputs": names, "initial": _initial(draw)}
    network["numbering"] = draw.one_of(("network", "layer"))
    if draw.chance(0.15):
        network["keep_inputs"] = 0.5
    network["layers"] = [*hidden, _output(draw, loss, units)]
    tables = {
        "network": network,
        "data": data,
        "training": _training(draw, loss, examples),
        "conventions": _conventions(draw),
    }
    _late_weights(draw, tables)
    return tables


# Maps


def _maps(draw: Draw) -> Tables:
    is_sequence = draw.chance(0.25)
    rows, columns = 1 if is_sequence else draw.between(2, 4), draw.between(2, 4)
    channels, examples, units = draw.between(1, 2), draw.between(1, 2), draw.between(1, 2)
    layers: list[Tables] = []
    size = (rows, columns)
    for number in range(1, draw.between(1, 2) + 1):
        kind = draw.one_of(("convolution", "convolution", "max_pool", "average_pool"))
        layer, size = _map_layer(draw, kind, f"M{number}", size, is_sequence)
        layers.append(layer)
    if draw.chance(0.4):
        layers.append(_hidden(draw, "Hidden"))
    layers.append(_output(draw, "squared_error", units))
    image = {"rows": rows, "columns": columns, "channels": channels}
    shape = (channels, rows, columns) if channels > 1 else (rows, columns)
    data = {
        "images": [draw.numbers(*shape) for _ in range(examples)],
        "targets": [draw.numbers(units) for _ in range(examples)],
    }
    tables = {
        "network": {"image": image, "initial": _initial(draw), "layers": layers},
        "data": data,
        "training": _training(draw, "squared_error", examples),
        "conventions": _conventions(draw, shared_bias=False),
    }
    _late_weights(draw, tables)
    return tables


def _map_layer(
    draw: Draw, kind: str, name: str, size: tuple[int, int], is_sequence: bool
) -> tuple[Tables, tuple[int, int]]:
    window = tuple(1 if is_sequence and axis == 0 else draw.between(1, n) for axis, n in enumerate(size))
    stride = tuple(1 if is_sequence and axis == 0 else draw.between(1, 2) for axis in (0, 1))
    padding, layer = (0, 0), {"name": name, "kind": kind, "size": list(window), "stride": list(stride)}
    if kind == "convolution":
        padding = (0 if is_sequence else draw.between(0, 1), draw.between(0, 1))
        layer |= _layer(draw, name) | {"filters": draw.between(1, 2), "padding": list(padding)}
        layer |= {"flipped": draw.chance(0.2), "bias": draw.chance(0.8)}
    left = tuple((n + 2 * p - w) // s + 1 for n, p, w, s in zip(size, padding, window, stride, strict=True))
    return layer, (left[0], left[1])


# Sequences


def _steps(draw: Draw) -> Tables:
    loss = draw.one_of(("squared_error", "squared_error", "cross_entropy", "binary_cross_entropy"))
    inputs, examples = draw.between(1, 2), draw.between(1, 3)
    at_the_end = draw.chance(0.5)
    units = draw.between(2 if loss == "cross_entropy" else 1, 2)
    longest = draw.between(1, 3)
    lengths = [draw.between(1, longest) if draw.chance(0.6) else longest for _ in range(examples)]
    layers = _recurrent_layers(draw)
    if draw.chance(0.4):
        layers.append(_hidden_of_steps(draw, "Above"))
    if draw.chance(0.25):
        layers.insert(0, _hidden_of_steps(draw, "Below"))
    layers.append(_output(draw, loss, units) | {"steps": "last" if at_the_end else "every"})
    counts = [1 if at_the_end else length for length in lengths]
    data = {
        "sequences": [draw.numbers(length, inputs) for length in lengths],
        "targets": [[_targets(draw, loss, units) for _ in range(count)] for count in counts],
    }
    names = [f"x{number}" for number in range(1, inputs + 1)]
    return {
        "network": {"inputs": names, "initial": _initial(draw), "layers": layers},
        "data": data,
        "training": _training(draw, loss, examples),
        "conventions": _conventions(draw, shared_bias=False),
    }


def _errors_from_outside(draw: Draw, tables: Tables) -> None:
    """Errors that a lesson gives: from behind the end of the sequences, or in place of a loss."""
    layers, data = tables["network"]["layers"], tables["data"]
    recurrent = [layer for layer in layers if layer.get("kind") in CELLS]
    if not recurrent or layers[-1] in recurrent:
        return
    if "carry" not in data and draw.chance(0.25):
        layer = draw.one_of(recurrent)
        states = ("h", "c") if layer["kind"] == "lstm" else ("h",)
        layer["later"] = {state: draw.numbers(layer["units"]) for state in states}
    if "sequences" in data and layers[-2] in recurrent and draw.chance(0.2):
        layers.pop()
        tables["training"]["loss"] = "given"
        tables["conventions"]["reduction"] = "sum"
        data["targets"] = [draw.numbers(len(steps), layers[-1]["units"]) for steps in data["sequences"]]


def _hidden_of_steps(draw: Draw, name: str) -> Tables:
    layer = _hidden(draw, name)
    while layer["activation"] == "prelu":  # which learns no slope at every step
        layer = _hidden(draw, name)
    return layer


def _recurrent_layers(draw: Draw) -> list[Tables]:
    layers = []
    for number in range(1, draw.one_of((1, 1, 2)) + 1):
        kind, units = draw.one_of(CELLS), draw.between(1, 2)
        layer: Tables = {"name": f"R{number}", "kind": kind, "units": units}
        if kind == "recurrent":
            layer["activation"] = draw.one_of(("tanh", "tanh", "logistic", "relu", "identity"))
        if draw.chance(0.2):
            layer["keep"] = 0.5
        if draw.chance(0.3):
            layer["start"] = {"h": draw.numbers(units)}
        if draw.chance(0.1):
            layer["trainable"] = False
        layers.append(layer)
    return layers


def _text(draw: Draw) -> Tables:
    """Symbols: lines of different lengths, or one text that is cut into pieces."""
    alphabet = "abc"[: draw.between(2, 3)]
    lines = ["".join(draw.one_of(alphabet) for _ in range(draw.between(2, 4))) for _ in range(3)]
    is_cut = draw.chance(0.4)
    predict = "next" if is_cut else draw.one_of(("next", "first"))
    data: Tables = {"text": lines, "alphabet": alphabet, "predict": predict}
    if is_cut:
        data |= {"steps": 2, "streams": draw.between(1, 2), "carry": draw.chance(0.7)}
    output = {"name": "Output", "units": len(alphabet), "activation": "softmax"}
    output["steps"] = "every" if predict == "next" else "last"
    training = _training(draw, "cross_entropy", 3, order=not is_cut)
    if is_cut:
        training["batch"] = "all"
    return {
        "network": {"initial": _initial(draw), "layers": [*_recurrent_layers(draw), output]},
        "data": data,
        "training": training,
        "conventions": _conventions(draw, shared_bias=False),
    }
