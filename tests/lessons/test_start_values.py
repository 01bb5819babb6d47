"""Start values that a lesson file asks for by a method and a seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.lessons import catalogue
from nnviz.lessons.errors import LessonError

DEEP = """\
format = 1
title = "t"

[network]
inputs = {inputs}
initial = {{ {initial} }}
{layers}
[data]
columns = {columns}
rows = [{row}]

[training]
loss = "squared_error"
learning_rate = 0.1
"""
WIDTHS = (100, 80, 50, 5)  # the rectifiers of equation 70


def deep(initial):
    layers = "".join(
        f'[[network.layers]]\nname = "L{i}"\nunits = {units}\nactivation = "relu"\n'
        for i, units in enumerate(WIDTHS[1:], 1)
    )
    inputs = [f"x{i}" for i in range(WIDTHS[0])]
    columns = inputs + [f"t{i}" for i in range(WIDTHS[-1])]
    text = DEEP.format(
        initial=initial,
        inputs=inputs,
        layers=layers,
        columns=f"{columns}\ntargets = {WIDTHS[-1]}",
        row=[0] * len(columns),
    )
    timeline = catalogue.from_text(text.replace("'", '"')).timeline
    flat, graph = timeline.state(0).parameters, timeline.graph
    return {node.scope: flat[graph.slices[node.index]].reshape(node.shape) for node in graph.parameters}


@pytest.mark.parametrize(
    ("method", "variance"),
    [
        ("xavier", lambda n_in, n_out, i: 2 / (n_in + n_out)),
        ("xavier_in", lambda n_in, n_out, i: 1 / n_in),
        ("glorot_uniform", lambda n_in, n_out, i: 2 / (n_in + n_out)),
        ("he", lambda n_in, n_out, i: 2 / n_in),
        ("blend", lambda n_in, n_out, i: (2 if i else 1) / n_in),
    ],
)
def test_the_variance_of_every_layer_and_biases_of_zero(method, variance):
    values = deep(f'method = "{method}", seed = 5')
    for i, (n_in, n_out) in enumerate(zip(WIDTHS, WIDTHS[1:], strict=False)):
        w = values[f"l{i + 1}/w"]
        expected = math.sqrt(variance(n_in, n_out, i))
        assert w.std() == pytest.approx(expected, rel=5 / math.sqrt(2 * w.size))
        assert not values[f"l{i + 1}/b"].any()


def test_small_positive_biases():
    values = deep('method = "blend", bias = 0.1')
    assert all((values[f"l{i}/b"] == 0.1).all() for i in (1, 2, 3))


@pytest.mark.parametrize("method", ["xavier_in", "glorot_uniform", "blend", "normal"])
def test_one_seed_one_start(method):
    one, two, other = (deep(f'method = "{method}", seed = {seed}')["l2/w"] for seed in (1, 1, 2))
    assert np.array_equal(one, two) and not np.array_equal(one, other)


def test_an_unknown_method_is_told_what_there_is():
    with pytest.raises(LessonError, match=r"network\.initial\.method: found “xavier_out”.*xavier_in"):
        deep('method = "xavier_out"')
